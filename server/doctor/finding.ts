/** What the doctor says about one thing: in plain words, and where to put it right. No finding holds a secret. */
export interface Finding {
  readonly verdict: "good" | "bad" | "warning" | "unknown";
  readonly message: string;
  /** Where and how to put it right. */
  readonly remedy?: string;
}

export const good = (message: string): Finding => ({ verdict: "good", message });
export const bad = (message: string, remedy: string): Finding => ({ verdict: "bad", message, remedy });
/** It works today, and will not in a case that is likely to come. */
export const warning = (message: string, remedy: string): Finding => ({
  verdict: "warning",
  message,
  remedy,
});
export const unknown = (message: string, remedy: string): Finding => ({
  verdict: "unknown",
  message,
  remedy,
});

/** The places in the Authsignal portal that remedies send people to. */
export const portal = {
  keys: "Authsignal portal, Settings, API keys",
  passkey: "Authsignal portal, Authenticators, Passkey",
  relyingParty: "Authsignal portal, Authenticators, Passkey, Relying Party ID",
  origins: "Authsignal portal, Authenticators, Passkey, Expected origins",
} as const;

/** The place of one action's settings. */
export function portalAction(action: string): string {
  return `Authsignal portal, Actions, ${action}, permitted authenticators`;
}
