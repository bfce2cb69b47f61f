/** The result of one check: what was found, and where to fix it. It contains no secret. */
export interface CheckResult {
  readonly status: "passed" | "failed" | "warning" | "unknown";
  readonly message: string;
  /** Where and how to fix it. */
  readonly remedy?: string;
}

export const passed = (message: string): CheckResult => ({ status: "passed", message });
export const failed = (message: string, remedy: string): CheckResult => ({
  status: "failed",
  message,
  remedy,
});
/** It works now and fails in a case that is likely to occur. */
export const warning = (message: string, remedy: string): CheckResult => ({
  status: "warning",
  message,
  remedy,
});
export const unknown = (message: string, remedy: string): CheckResult => ({
  status: "unknown",
  message,
  remedy,
});

/** The pages of the Authsignal portal that remedies name. */
export const portal = {
  keys: "Authsignal portal, Settings, API keys",
  passkey: "Authsignal portal, Authenticators, Passkey",
  relyingParty: "Authsignal portal, Authenticators, Passkey, Relying Party ID",
  userVerification: "Authsignal portal, Authenticators, Passkey, User verification",
  origins: "Authsignal portal, Authenticators, Passkey, Expected origins",
} as const;

/** The page of one action's settings. */
export function portalAction(action: string): string {
  return `Authsignal portal, Actions, ${action}, permitted authenticators`;
}
