/**
 * The Authsignal action codes that we track. Authsignal allows letters, digits, `_` and `-`, 1 to 64 characters.
 * A result token is only ever accepted together with the action it was minted for.
 */
export const actions = {
  signInWithEmail: "sign-in-with-email",
  signInWithPasskey: "sign-in-with-passkey",
  /** The code that proves a new address of an account. */
  changeEmail: "change-email-address",
  enrollPasskey: "enroll-passkey",
  /** The step-up that makes a session fresh again: before adding or deleting a passkey. */
  managePasskeys: "manage-passkeys",
} as const;

/** Ours, or a host's own step-up action. */
export type ActionCode = string;
