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
} from "./authsignal-api.ts";
import type { Proof } from "./ceremony-outcome.ts";
import type { OnAnswered } from "./ceremony-slot.ts";

/** A ceremony while it runs. */
export interface Running {
  readonly signal: AbortSignal;
  readonly onAnswered: OnAnswered;
}

export function hardenSignIn(
  api: PasskeyApi,
  prepared: SignInOptions,
  running: Running,
  autofill: boolean,
): Proof {
  const { challenge, options } = prepared;
  const proof: Proof = {};
  const verify = api.verify.bind(api);
  if (challenge !== undefined) api.challenge = async () => challenge;
  api.authenticationOptions = async () => {
    attachSignal({ webauthnChallenge: options.options.challenge, autofill }, running.signal);
    return options;
  };
  api.verify = async (request) => {
    proof.credentialId = request.authenticationCredential.id;
    return recordVerdict(() => verify(request), proof, running);
  };
  return proof;
}

export function hardenEnrollment(api: PasskeyApi, prepared: EnrollmentOptions, running: Running): Proof {
  const { options } = prepared;
  const proof: Proof = {};
  const addAuthenticator = api.addAuthenticator.bind(api);
  api.registrationOptions = async () => {
    attachSignal({ webauthnChallenge: options.options.challenge, autofill: false }, running.signal);
    return options;
  };
  api.addAuthenticator = async (request) => {
    proof.credentialId = request.registrationCredential.id;
    return recordVerdict(() => addAuthenticator(request), proof, running);
  };
  return proof;
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
