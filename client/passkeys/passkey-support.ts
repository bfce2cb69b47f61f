/**
 * needs:    nothing.
 * does:     says whether this browser knows passkeys at all: what a view has to know before it is shown.
 * must not: ask anything that the browser answers later; that is capabilities.ts.
 */
export function canUsePasskeys(): boolean {
  return typeof window.PublicKeyCredential === "function" && navigator.credentials !== undefined;
}
