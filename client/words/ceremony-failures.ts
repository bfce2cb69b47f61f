/**
 * needs:    ceremony-outcome.ts, failures.ts, the words of languages/.
 * does:     maps each outcome of a ceremony to the words that the person reads, per flow. `null` shows nothing.
 * must not: be imported by ceremony.ts: outcomes are facts, and the words belong to the app.
 */
import type { FailureKind } from "../passkeys/ceremony-outcome.ts";
import { type Failure, noFailure, usualPause, waitOf } from "./failures.ts";
import { t } from "./language.ts";
import type { MessageKey } from "./messages.ts";

/**
 * `buttonAlone`: the server sends no codes, and the button is the only way in. `createOnKey`: after "Security key", where
 * the words about this device are wrong.
 */
export type Flow = "button" | "buttonAlone" | "autofill" | "create" | "createOnKey" | "stepUp";
type Words = Readonly<Record<Flow, MessageKey | null>>;

/** The person cannot act on it, or did it on purpose. */
const silence: Words = {
  button: null,
  buttonAlone: null,
  autofill: null,
  create: null,
  createOnKey: null,
  stepUp: null,
};

/** Autofill shows nothing, except that a picked passkey was refused. */
function words(button: MessageKey, create: MessageKey = button, stepUp: MessageKey = create): Words {
  return { button, buttonAlone: stepUp, autofill: null, create, createOnKey: create, stepUp };
}

export const failureWords: Readonly<Record<FailureKind, Words>> = {
  cancelled: {
    ...words("failure.cancelled", "failure.notCreated", "failure.notConfirmed"),
    buttonAlone: "failure.cancelledAlone",
  },
  aborted: silence,
  alreadyRegistered: {
    ...silence,
    create: "failure.alreadyRegistered",
    createOnKey: "failure.alreadyRegisteredOnKey",
  },
  misconfigured: words("failure.misconfigured", "failure.misconfiguredCreate"),
  unsupported: {
    ...words("failure.unsupported", "failure.unsupportedCreate", "failure.unsupportedAlone"),
    createOnKey: "failure.unsupportedOnKey",
  },
  busy: words("failure.busy", "failure.busyCreate"),
  authenticatorFailed: words("failure.authenticatorFailed", "failure.authenticatorFailedCreate"),
  expired: words("problem.challenge_expired"),
  unknownCredential: {
    ...words("failure.unknownCredential", "failure.refusedCreate", "failure.unknownCredentialAlone"),
    autofill: "failure.unknownCredential",
  },
  refused: {
    ...words("failure.refused", "failure.refusedCreate", "problem.challenge_failed"),
    autofill: "failure.refused",
  },
  rateLimited: words("problem.rate_limited"),
  unreachable: words("problem.unreachable"),
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
