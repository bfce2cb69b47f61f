/** The page that a "This wasn't me" link opens, without a script: it works in every mail program's browser. */
import { createHash } from "node:crypto";
import type { Response } from "express";
import { chooseLanguage } from "./languages/languages.ts";
import type { PageWords } from "./languages/words.ts";

export type NotMePage =
  | {
      readonly is: "question";
      readonly token: string;
      /** What the confirmation undoes, besides the sessions. */
      readonly undoes: "passkey" | "address" | null;
      readonly action: string;
    }
  | {
      readonly is: "done";
      readonly sessionsEnded: number | null;
      readonly passkeyRemoved: boolean;
      readonly emailRestored: boolean;
      readonly signInUrl: string;
    }
  | { readonly is: "invalid" | "unavailable" };

const statuses: Readonly<Record<NotMePage["is"], number>> = {
  question: 200,
  done: 200,
  invalid: 404,
  unavailable: 503,
};

const style =
  ":root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}main{max-width:32rem;margin:10vh auto;padding:0 1rem}button{font:inherit;padding:.75rem 1.25rem;min-height:2.75rem}";
const styleHash = createHash("sha256").update(style).digest("base64");

/** @param languages of the request's `Accept-Language`, best first */
export function sendNotMePage(res: Response, page: NotMePage, languages: readonly string[]): void {
  const { code, words: chosen } = chooseLanguage(languages);
  const words = chosen.page;
  res.status(statuses[page.is]);
  // `no-referrer` would make browsers send `Origin: null` with the form, which the router refuses.
  res.set({
    "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    Vary: "Accept-Language",
  });
  res.type("html").send(`<!doctype html>
<html lang="${code}" dir="${chosen.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${words.title}</h1>
${contentOf(page, words)}
</main>
</body>
</html>
`);
}

function contentOf(page: NotMePage, words: PageWords): string {
  switch (page.is) {
    case "question": {
      const [ask, confirm] = {
        passkey: [words.askWithPasskey, words.confirmWithPasskey],
        address: [words.askWithAddress, words.confirmWithAddress],
        none: [words.ask, words.confirm],
      }[page.undoes ?? "none"];
      return `<p>${ask}</p>
<form method="post" action="${escapeHtml(page.action)}">
<input type="hidden" name="token" value="${escapeHtml(page.token)}">
<button>${confirm}</button>
</form>`;
    }
    case "done": {
      const withAddress = page.emailRestored ? words.doneWithAddress : words.done;
      const done = page.passkeyRemoved ? words.doneWithPasskey : withAddress;
      // Where sessions cannot be ended, the person still has to know that the address is back.
      const notEnded = page.emailRestored ? `${words.restored} ${words.notEnded}` : words.notEnded;
      return `<p role="status">${page.sessionsEnded === null ? notEnded : done}</p>
<p>${words.next}</p>
<p><a href="${escapeHtml(page.signInUrl)}">${words.toApp}</a></p>`;
    }
    default:
      return `<p role="alert">${words[page.is]}</p>`;
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
