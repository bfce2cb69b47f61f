/**
 * needs:    an `<input autocomplete="username webauthn">` on the page; site.ts. The SDK looks for it in the document: for a
 *           field in a shadow root, add `<input autocomplete="webauthn" hidden>` outside.
 * does:     signs in with the passkey that the person picks from the list under the field.
 * must not: open a dialog, or say anything unless a picked passkey was refused.
 */
import type { User } from "../http/bodies.ts";
import { createAutofill } from "../passkeys/autofill.ts";
import { defaultFreshFor } from "../passkeys/prefetch.ts";
import { type PieceWords, pieceWords, wordsOfError, wordsOfOutcome } from "./piece-words.ts";
import { siteAt } from "./site.ts";

export interface AutofillPieceOptions {
  onSignedIn(user: User): void;
  /** Why a picked passkey did not sign in. */
  say?(words: string): void;
  readonly words?: PieceWords;
}

/** @returns ends the request: call it when the field is gone, for example in a React effect's cleanup */
export function signInByAutofill(mountedAt: string, options: AutofillPieceOptions): () => void {
  const { onSignedIn, say = () => {}, words = pieceWords } = options;
  const { api, ceremonies, reportMisconfiguration } = siteAt(mountedAt);
  const autofill = createAutofill({
    ceremonies,
    every: defaultFreshFor,
    async onOutcome(outcome) {
      if (outcome.kind === "misconfigured") reportMisconfiguration();
      if (outcome.kind === "refused" || outcome.kind === "unknownCredential") {
        say(wordsOfOutcome(outcome, words));
      }
      if (outcome.kind !== "succeeded") return;
      try {
        onSignedIn((await api.finishPasskeySignIn(outcome.resultToken)).user);
      } catch (error) {
        autofill.resume();
        say(wordsOfError(error, words));
      }
    },
  });
  autofill.resume();
  return autofill.pause;
}
