/** Says at once whether this browser has passkeys; capabilities.ts asks what the browser answers later. */
export function canUsePasskeys(): boolean {
  return typeof window.PublicKeyCredential === "function" && navigator.credentials !== undefined;
}
