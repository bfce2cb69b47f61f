export const pageStyle = `:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { margin: 0; }
header { padding: 0.75rem 1rem; background: #b45309; color: #fff; }
main { padding: 1rem; max-width: 70rem; margin: 0 auto; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: start; padding: 0.4rem 0.6rem; border-block-end: 1px solid #8886; }
td:nth-child(2) { font-family: ui-monospace, monospace; font-size: 1.15rem; }
`;
