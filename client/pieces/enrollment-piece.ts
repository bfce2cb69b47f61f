/**
 * needs:    a `<button type="button">` on a page for signed-in people; site.ts, confirm-piece.ts.
 * does:     creates a passkey when the button is pressed, with everything fetched before the click. If the sign-in is too
 *           old, the click first asks the person to confirm that it is them.
 * must not: create anything without a click.
 */

import { ApiError } from "../http/api.ts";
import type { Passkey } from "../http/bodies.ts";
import type { CeremonyOutcome } from "../passkeys/ceremony-outcome.ts";
import type { CodedError } from "../passkeys/coded-error.ts";
import { type EnrollmentFlow, prepareEnrollment } from "../passkeys/enrollment.ts";
import { canUsePasskeys } from "../passkeys/passkey-support.ts";
import { confirmByPasskey, neededStepUp } from "./confirm-piece.ts";
import { type PieceWords, pieceWords, wordsOfError, wordsOfOutcome } from "./piece-words.ts";
import { siteAt } from "./site.ts";

export interface EnrollmentPieceOptions {
  onCreated(passkey: Passkey): void;
  /** What happened; empty when a new try begins. */
  say(words: string): void;
  /** `platform`: on this device alone. Default `any`: the browser offers all places. */
  readonly attachment?: "platform" | "any";
  readonly words?: PieceWords;
}

/** @returns ends it: call it when the button is gone, for example in a React effect's cleanup */
export function enrollByButton(
  button: HTMLButtonElement,
  mountedAt: string,
  options: EnrollmentPieceOptions,
): () => void {
  const { onCreated, say, attachment = "any", words = pieceWords } = options;
  const { api, ceremonies, reportMisconfiguration } = siteAt(mountedAt);
  const life = new AbortController();
  const { signal } = life;
  let blocked: CodedError | undefined;
  button.hidden = !canUsePasskeys();
  if (button.hidden) return () => life.abort();
  let flow = prepare();
  button.addEventListener("click", onClick, { signal });

  function prepare(): EnrollmentFlow {
    blocked = undefined;
    button.disabled = true;
    const enable = () => {
      if (!signal.aborted) button.disabled = false;
    };
    return prepareEnrollment({
      ceremonies,
      api: { ...api, finishEnrollment },
      attachment,
      onPrepared: enable,
      onBlocked(error) {
        blocked = error;
        enable();
      },
    });
  }

  async function finishEnrollment(resultToken: string): Promise<void> {
    onCreated((await api.finishEnrollment(resultToken)).passkey);
  }

  async function onClick(): Promise<void> {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    say("");
    try {
      say(blocked === undefined ? wordsAfter(await flow.run()) : await unblock(blocked));
    } catch (error) {
      say(wordsOfError(error, words));
    } finally {
      button.ariaBusy = "false";
    }
  }

  function wordsAfter(outcome: CeremonyOutcome): string {
    if (outcome.kind === "misconfigured") reportMisconfiguration();
    return outcome.kind === "succeeded" ? words.created : wordsOfOutcome(outcome, words);
  }

  /** Confirming uses up the click; creating the passkey takes a second one. */
  async function unblock(error: CodedError): Promise<string> {
    const needed = error instanceof ApiError ? neededStepUp(error.problem) : undefined;
    if (needed === undefined || !needed.methods.includes("passkey")) {
      // The reason may be gone at the next click, such as a limit after a deletion or a sign-in in another tab.
      flow = prepare();
      return wordsOfError(error, words);
    }
    if (await confirmByPasskey(mountedAt, { action: needed.action, words, signal })) flow = prepare();
    return "";
  }

  return () => {
    life.abort();
    flow.stop();
  };
}
