/**
 * needs:    nothing.
 * does:     has the words of the pieces, and finds those for an outcome or an error. Replace them to translate.
 * must not: show an error's message: it is for developers.
 */
import { ApiError } from "../http/api.ts";
import type { CeremonyOutcome } from "../passkeys/ceremony-outcome.ts";

export const pieceWords = {
  cancelled: "No passkey used. Try again, or use another way.",
  alreadyRegistered: "You already have a passkey there.",
  busy: "Another passkey request is open. Close it and try again.",
  expired: "That took too long. Try again.",
  misconfigured: "Passkeys are not set up for this website address.",
  rateLimited: "Too many tries. Wait a moment, then try again.",
  refused: "This passkey was not accepted.",
  unknownCredential: "This passkey was removed from your account.",
  unreachable: "Cannot reach the sign-in service. Check your connection and try again.",
  unsupported: "This device cannot use passkeys.",
  failed: "That did not work. Try again.",
  signInAgain: "You signed in a while ago. Sign in again, then try again.",
  passkeyLimit: "You have as many passkeys as an account can have. Delete one first.",
  created: "Passkey created.",
  confirmTitle: "Confirm it is you",
  confirm: "Confirm with your passkey",
  cancel: "Cancel",
  empty: "You have no passkeys yet.",
  add: "Create a passkey",
  rename: "Rename",
  newName: "New name of the passkey",
  delete: "Delete",
  deleteQuestion: "Delete this passkey? You will no longer be able to sign in with it.",
  deleted: "Passkey deleted.",
  renamed: "Passkey renamed.",
};

export type PieceWords = typeof pieceWords;

/** Empty for what needs no words: a success, or an end by the page itself. */
export function wordsOfOutcome({ kind }: CeremonyOutcome, words: PieceWords): string {
  if (kind === "succeeded" || kind === "aborted" || kind === "ignored") return "";
  return kind === "authenticatorFailed" ? words.failed : words[kind];
}

/** Rethrows what is not an error of the API: that is a fault in the page. */
export function wordsOfError(error: unknown, words: PieceWords): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.code === "unreachable" || error.code === "upstream_unavailable") return words.unreachable;
  if (error.code === "rate_limited") return words.rateLimited;
  if (error.code === "passkey_limit_reached") return words.passkeyLimit;
  if (error.code === "step_up_required" || error.code === "not_authenticated") return words.signInAgain;
  return words.failed;
}
