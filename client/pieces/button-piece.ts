/**
 * needs:    a `<button type="button">`; site.ts.
 * does:     signs in with a passkey when the button is pressed. Keeps everything that the prompt needs fetched, and the
 *           button disabled until it is there, so that no request runs between the click and the prompt.
 * must not: open a prompt without a click.
 */
import type { User } from "../http/bodies.ts";
import { canUsePasskeys } from "../passkeys/passkey-support.ts";
import { defaultFreshFor } from "../passkeys/prefetch.ts";
import { keepRenewed } from "../passkeys/renewal.ts";
import { type PieceWords, pieceWords, wordsOfError, wordsOfOutcome } from "./piece-words.ts";
import { siteAt } from "./site.ts";

export interface ButtonPieceOptions {
  onSignedIn(user: User): void;
  /** Why the person is not signed in; empty when a new try begins. */
  say(words: string): void;
  readonly words?: PieceWords;
}

/** @returns ends it: call it when the button is gone, for example in a React effect's cleanup */
export function signInByButton(
  button: HTMLButtonElement,
  mountedAt: string,
  options: ButtonPieceOptions,
): () => void {
  const { onSignedIn, say, words = pieceWords } = options;
  const { api, ceremonies, reportMisconfiguration } = siteAt(mountedAt);
  const life = new AbortController();
  const { signal } = life;
  button.hidden = !canUsePasskeys();
  if (button.hidden) return () => life.abort();
  button.disabled = true;
  button.addEventListener("click", onClick, { signal });
  keepRenewed({ renew, every: defaultFreshFor, signal });

  /** Also after a failure: the click then says what is wrong. */
  async function renew(): Promise<boolean> {
    const isReady = await ceremonies.prepareSignIn();
    if (!signal.aborted) button.disabled = false;
    return isReady;
  }

  async function onClick(): Promise<void> {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    say("");
    try {
      const outcome = await ceremonies.signIn();
      if (outcome.kind === "misconfigured") reportMisconfiguration();
      if (outcome.kind === "succeeded") onSignedIn((await api.finishPasskeySignIn(outcome.resultToken)).user);
      else say(wordsOfOutcome(outcome, words));
    } catch (error) {
      say(wordsOfError(error, words));
    } finally {
      button.ariaBusy = "false";
      if (!signal.aborted) void renew();
    }
  }

  return () => {
    life.abort();
    // Another piece's ceremony goes on.
    if (button.ariaBusy === "true") ceremonies.cancel();
  };
}
