/**
 * needs:    ceremony-outcome.ts, failures.ts, the words of languages/.
 * does:     says in one place what each end of a ceremony means for the person, per flow. `null` is silence, on
 *           purpose.
 * must not: be known to ceremony.ts: outcomes are facts, words are ours.
 */
import type { FailureKind } from "../passkeys/ceremony-outcome.ts";
import { type Failure, noFailure, usualPause, waitOf } from "./failures.ts";
import { t } from "./language.ts";
import type { MessageKey } from "./messages.ts";

export type Flow = "button" | "autofill" | "create" | "stepUp";
type Words = Readonly<Record<Flow, MessageKey | null>>;

/** Silence: there is nothing that the person could do about it, or they did it themselves. */
const silence: Words = { button: null, autofill: null, create: null, stepUp: null };

/** Autofill is quiet unless the person picked a passkey and it was not good. */
function words(button: MessageKey, create: MessageKey = button, stepUp: MessageKey = create): Words {
  return { button, autofill: null, create, stepUp };
}

export const failureWords: Readonly<Record<FailureKind, Words>> = {
  cancelled: words("failure.cancelled", "failure.notCreated", "failure.notConfirmed"),
  aborted: silence,
  alreadyRegistered: { ...silence, create: "failure.alreadyRegistered" },
  misconfigured: words("failure.misconfigured", "failure.misconfiguredCreate", "failure.misconfiguredStepUp"),
  unsupported: words("failure.unsupported", "failure.unsupportedCreate", "failure.unsupportedStepUp"),
  busy: words("failure.busy", "failure.busyCreate"),
  authenticatorFailed: words("failure.authenticatorFailed", "failure.authenticatorFailedCreate"),
  expired: words("failure.expired"),
  unknownCredential: {
    ...words("failure.unknownCredential", "failure.refusedCreate", "failure.unknownCredentialStepUp"),
    autofill: "failure.unknownCredential",
  },
  refused: {
    ...words("failure.refused", "failure.refusedCreate", "failure.refusedStepUp"),
    autofill: "failure.refused",
  },
  rateLimited: words("problem.rateLimited"),
  unreachable: words("failure.unreachable"),
  ignored: silence,
};

export function failureOf(kind: FailureKind | "succeeded", flow: Flow): Failure {
  const key = kind === "succeeded" ? null : failureWords[kind][flow];
  if (key === null) return noFailure;
  return {
    words: t(key, { time: waitOf(usualPause) }),
    isQuiet: kind === "cancelled" || kind === "alreadyRegistered",
    pause: kind === "rateLimited" ? usualPause : 0,
  };
}
