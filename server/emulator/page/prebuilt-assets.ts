/** The files and headers of the page at track's `url`. */
export { prebuiltHtml } from "./prebuilt-page.ts";
export { prebuiltScript } from "./prebuilt-script.ts";

/** The app may frame it, as SDKs do in pop-up mode, and it may read the app that opened it. */
export const prebuiltHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};
