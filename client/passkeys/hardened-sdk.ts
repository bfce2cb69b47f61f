/**
 * needs:    the `passkey.api` object of a new SDK instance that serves one ceremony.
 * does:     replaces its methods, so that the ceremony makes no request before the prompt, can be cancelled, and
 *           leaves a proof of what Authsignal answered.
 * must not: let a method reject: after one rejected request during autofill, the SDK answers `{}` to every later
 *           autofill call until the page is reloaded.
 */
import { attachSignal } from "./abortable-credentials.ts";
import {
  answerInTime,
  type EnrollmentOptions,
  type ErrorAnswer,
  hasVerdict,
  type PasskeyApi,
  type SignInOptions,
  type Verdict,
  type WebauthnOptions,
} from "./authsignal-api.ts";
import type { Proof } from "./ceremony-outcome.ts";
import type { OnAnswered } from "./ceremony-slot.ts";

/**
 * Milliseconds. What WebAuthn recommends: time to find the phone or the security key. Authsignal asks for one minute, and
 * its challenges live ten.
 */
const promptLifetime = 5 * 60_000;

/** `immediate`: by the button, and ends at once where this browser has no passkey. `button` then shows a QR code. */
export type SignInMode = "autofill" | "button" | "immediate";

/** A ceremony while it runs. */
export interface Running {
  readonly signal: AbortSignal;
  readonly onAnswered: OnAnswered;
}

export function hardenSignIn(
  api: PasskeyApi,
  prepared: SignInOptions,
  running: Running,
  mode: SignInMode,
): Proof {
  const { challenge, options } = prepared;
  const proof: Proof = {};
  const verify = api.verify.bind(api);
  if (challenge !== undefined) api.challenge = async () => challenge;
  api.authenticationOptions = async () => {
    const request = { autofill: mode === "autofill", immediate: mode === "immediate" };
    attachSignal({ webauthnChallenge: options.options.challenge, ...request }, running.signal);
    return patient(options);
  };
  api.verify = async (request) => {
    proof.credentialId = request.authenticationCredential.id;
    return recordVerdict(() => verify(request), proof, running);
  };
  return proof;
}

/** @param attachment the kind of authenticator that the person chose; null for every kind */
export function hardenEnrollment(
  api: PasskeyApi,
  prepared: EnrollmentOptions,
  running: Running,
  attachment: "platform" | "cross-platform" | null,
): Proof {
  const { options } = prepared;
  const proof: Proof = {};
  const addAuthenticator = api.addAuthenticator.bind(api);
  api.registrationOptions = async () => {
    attachSignal({ webauthnChallenge: options.options.challenge, autofill: false }, running.signal);
    return attachment === null ? patient(options) : withAttachment(patient(options), attachment);
  };
  api.addAuthenticator = async (request) => {
    proof.credentialId = request.registrationCredential.id;
    return recordVerdict(() => addAuthenticator(request), proof, running);
  };
  return proof;
}

function patient(prepared: WebauthnOptions): WebauthnOptions {
  return { ...prepared, options: { ...prepared.options, timeout: promptLifetime } };
}

/** The choice as browsers without hints understand it: Safari and Firefox would open the same prompt for both. */
function withAttachment(prepared: WebauthnOptions, authenticatorAttachment: string): WebauthnOptions {
  const authenticatorSelection = { ...prepared.options.authenticatorSelection, authenticatorAttachment };
  return { ...prepared, options: { ...prepared.options, authenticatorSelection } };
}

async function recordVerdict(
  send: () => Promise<Verdict | ErrorAnswer>,
  proof: Proof,
  { onAnswered }: Running,
) {
  onAnswered();
  const body = await answerInTime(send(), hasVerdict);
  if (!("error" in body)) proof.answer = body;
  return body;
}
