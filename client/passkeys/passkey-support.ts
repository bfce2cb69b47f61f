/** Says whether this browser has passkeys, without asking it anything that it answers later (capabilities.ts). */
export function canUsePasskeys(): boolean {
  return typeof window.PublicKeyCredential === "function" && navigator.credentials !== undefined;
}
