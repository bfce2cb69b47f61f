/**
 * What people type and paste, as the page and the server both read it: without invisible marks, in the usual
 * forms of letters and digits.
 */

/** Full-width and other compatibility forms become the usual ones; zero-width and direction marks go. */
export function plainText(typed: string): string {
  return typed
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .trim();
}

/** The global of browsers and of Node, whose types this folder does not have. */
declare const URL: new (url: string) => { readonly hostname: string };

/**
 * An email address with its domain in ASCII (`xn--…`), as Chromium's email field sends it and other browsers do not.
 * Text that is no address is returned as plain text.
 */
export function plainAddress(typed: string): string {
  const text = plainText(typed).replace(/\u3002/g, ".");
  const [, local, domain] = /^([^@]+)@([^@\s/\\?#:%[\]]+)$/.exec(text) ?? [];
  if (local === undefined || domain === undefined || isAscii(domain)) return text;
  try {
    return `${local}@${new URL(`http://${domain}`).hostname}`;
  } catch {
    // No domain name: the pattern of the contract refuses it.
    return text;
  }
}

export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
