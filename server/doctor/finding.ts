/** What the doctor says about one thing: in plain words, and where to put it right. No finding holds a secret. */
export interface Finding {
  readonly verdict: "good" | "bad" | "unknown";
  readonly message: string;
  /** Where and how to put it right. */
  readonly remedy?: string;
}

export const good = (message: string): Finding => ({ verdict: "good", message });
export const bad = (message: string, remedy: string): Finding => ({ verdict: "bad", message, remedy });
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
