/**
 * The Authsignal action codes that we track. Authsignal allows letters, digits, `_` and `-`, 1 to 64 characters.
 * A result token is only ever accepted together with the action it was minted for.
 */
export const actions = {
  signInWithEmail: "sign-in-with-email",
  signInWithPasskey: "sign-in-with-passkey",
  enrollPasskey: "enroll-passkey",
} as const;

export type ActionCode = (typeof actions)[keyof typeof actions];
