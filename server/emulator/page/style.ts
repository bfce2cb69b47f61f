/** The page's style sheet. */
export const pageStyle = `:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfbfa, #16181b);
  --raised: light-dark(#fff, #1f2226);
  --ink: light-dark(#1c1e21, #e8e9ea);
  --quiet: light-dark(#5b6168, #a4abb3);
  --line: light-dark(#dcdfe3, #353a40);
  --warn-ground: light-dark(#8a3b00, #ffb066);
  --warn-ink: light-dark(#fff, #241200);
  --focus: light-dark(#0b57d0, #a8c7fa);
  font: 100%/1.5 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); }
.banner {
  display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline;
  padding: 0.6rem 1.25rem; background: var(--warn-ground); color: var(--warn-ink);
}
.banner strong { letter-spacing: 0.12em; }
.banner p { margin: 0; }
nav {
  position: sticky; inset-block-start: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem;
  padding: 0.6rem 1.25rem; background: var(--ground); border-block-end: 1px solid var(--line);
}
a { color: inherit; text-underline-offset: 0.2em; }
main { max-width: 75rem; margin: 0 auto; padding: 0 1.25rem 4rem; }
section { margin-block-start: 2rem; scroll-margin-block-start: 3.5rem; }
h1, h2 { font-size: 1.25rem; margin: 0; }
.hint, .nothing { color: var(--quiet); margin: 0.25rem 0 0.75rem; }
#connection:empty { display: none; }
#connection { padding: 0.6rem 0.9rem; border: 1px solid var(--line); background: var(--raised); }
.rows { overflow-x: auto; }
table { width: 100%; min-inline-size: 44rem; border-collapse: collapse; background: var(--raised); font-size: 0.94rem; }
caption { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
th, td {
  text-align: start; vertical-align: top; padding: 0.45rem 0.7rem; border-block-end: 1px solid var(--line);
  overflow-wrap: break-word; max-inline-size: 28rem;
}
th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
td:has(time) { white-space: nowrap; }
.code { font: 600 1.05rem/1.4 ui-monospace, monospace; user-select: all; }
h2 + .rows { margin-block-start: 0.75rem; }
form, .buttons { display: flex; flex-wrap: wrap; gap: 0.6rem 1rem; align-items: end; margin: 0.5rem 0 1rem; }
label { display: inline-flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; align-items: center; max-inline-size: 100%; }
select { min-inline-size: 0; flex: 1 1 0; }
input, select, button { font: inherit; padding: 0.35rem 0.6rem; max-inline-size: 100%; }
input[type="number"] { inline-size: 5rem; }
button { cursor: pointer; }
textarea { font: 0.94rem/1.4 ui-monospace, monospace; inline-size: 100%; padding: 0.35rem 0.6rem; }
form > label[for] { flex-basis: 100%; }
summary { cursor: pointer; }
@media (max-width: 46rem) {
  table { min-inline-size: 0; }
  thead { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: 0.45rem 0.7rem; border-block-end: 1px solid var(--line); }
  td { display: flex; gap: 0.6rem; padding: 0.1rem 0; border: 0; max-inline-size: none; overflow-wrap: anywhere; }
  td:empty { display: none; }
  td::before { content: attr(data-column); flex: 0 0 6.5rem; color: var(--quiet); font: 0.85rem/1.6 system-ui, sans-serif; }
}
.prebuilt { max-width: 28rem; padding-block-start: 1.5rem; }
form[hidden], section[hidden] { display: none; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
`;
