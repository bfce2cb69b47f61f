/** The page's files and headers. */
import { pageHtml } from "./page.ts";
import { pageScript } from "./script.ts";
import { pageStyle } from "./style.ts";

export interface Asset {
  readonly contentType: string;
  readonly body: string;
}

export const assets: Readonly<Record<string, Asset>> = {
  "/": { contentType: "text/html; charset=utf-8", body: pageHtml },
  "/page.js": { contentType: "text/javascript; charset=utf-8", body: pageScript },
  "/page.css": { contentType: "text/css; charset=utf-8", body: pageStyle },
};

/** The page loads only its own files and cannot be framed. */
export const assetHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};
