/** The page that a "This wasn't me" link opens, without a script: it works in every mail program's browser. */
import { createHash } from "node:crypto";
import type { Response } from "express";

interface PageWords {
  readonly title: string;
  readonly ask: string;
  readonly askWithPasskey: string;
  readonly askWithAddress: string;
  readonly confirm: string;
  readonly confirmWithPasskey: string;
  readonly confirmWithAddress: string;
  readonly done: string;
  readonly doneWithPasskey: string;
  readonly doneWithAddress: string;
  readonly restored: string;
  readonly notEnded: string;
  readonly next: string;
  readonly toApp: string;
  readonly invalid: string;
  readonly unavailable: string;
}

const english: PageWords = {
  title: "This wasn't me",
  ask: "Another person may be using your account. Sign out every browser and device. You can sign in again afterwards.",
  askWithPasskey:
    "Another person may have added a passkey to your account. Sign out every browser and device, and remove that passkey. You can sign in again afterwards.",
  askWithAddress:
    "Another person may have changed the e-mail address of your account. Sign out every browser and device, and get the old address back. You can sign in with it afterwards.",
  confirm: "Sign out everywhere",
  confirmWithPasskey: "Sign out everywhere and remove the passkey",
  confirmWithAddress: "Sign out everywhere and get the old address back",
  done: "Every browser and device is signed out.",
  doneWithPasskey: "Every browser and device is signed out, and the passkey is removed.",
  doneWithAddress:
    "Every browser and device is signed out, and the account has its old e-mail address again.",
  restored: "The account has its old e-mail address again.",
  notEnded: "Sessions could not be ended here. Tell us, so that we do it.",
  next: "Sign in and look at your passkeys. If a code came by e-mail, make sure that nobody else reads your mailbox.",
  toApp: "Go to sign-in",
  invalid: "This link is too old, or it was used already.",
  unavailable: "That does not work at the moment. Nothing was changed. Try again in a few minutes.",
};

const german: PageWords = {
  title: "Das war ich nicht",
  ask: "Vielleicht benutzt jemand anders Ihr Konto. Melden Sie alle Browser und Geräte ab. Danach können Sie sich wieder anmelden.",
  askWithPasskey:
    "Vielleicht hat jemand anders einen Passkey zu Ihrem Konto hinzugefügt. Melden Sie alle Browser und Geräte ab, und entfernen Sie diesen Passkey. Danach können Sie sich wieder anmelden.",
  askWithAddress:
    "Vielleicht hat jemand anders die E-Mail-Adresse Ihres Kontos geändert. Melden Sie alle Browser und Geräte ab, und holen Sie die alte Adresse zurück. Danach können Sie sich mit ihr anmelden.",
  confirm: "Überall abmelden",
  confirmWithPasskey: "Überall abmelden und den Passkey entfernen",
  confirmWithAddress: "Überall abmelden und die alte Adresse zurückholen",
  done: "Alle Browser und Geräte sind abgemeldet.",
  doneWithPasskey: "Alle Browser und Geräte sind abgemeldet, und der Passkey ist entfernt.",
  doneWithAddress:
    "Alle Browser und Geräte sind abgemeldet, und das Konto hat wieder seine alte E-Mail-Adresse.",
  restored: "Das Konto hat wieder seine alte E-Mail-Adresse.",
  notEnded: "Die Sitzungen konnten hier nicht beendet werden. Sagen Sie uns Bescheid, damit wir es tun.",
  next: "Melden Sie sich an und prüfen Sie Ihre Passkeys. Kommen Ihre Codes per E-Mail, dann sorgen Sie dafür, dass niemand anders Ihr Postfach liest.",
  toApp: "Zur Anmeldung",
  invalid: "Dieser Link ist zu alt, oder er wurde schon benutzt.",
  unavailable:
    "Das geht im Moment nicht. Es wurde nichts geändert. Versuchen Sie es in ein paar Minuten noch einmal.",
};

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
  const isGerman =
    languages
      .find((one) => /^(de|en)\b/i.test(one))
      ?.toLowerCase()
      .startsWith("de") === true;
  const words = isGerman ? german : english;
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
<html lang="${isGerman ? "de" : "en"}">
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
