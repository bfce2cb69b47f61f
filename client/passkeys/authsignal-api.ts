/**
 * needs:    the `passkey.api` object of @authsignal/browser, which ceremony.ts passes in.
 * does:     fetches the options of a ceremony from Authsignal. Every request ends in time: with a complete answer, or
 *           with an error in the shape that the SDK passes on. The SDK itself has no deadline, rejects when the
 *           connection drops, and takes a proxy's JSON for a success.
 * must not: reject.
 */
/** The action that our server's `POST /validate` expects with a passkey sign-in. */
export const signInAction = "sign-in-with-passkey";

export interface ErrorAnswer {
  readonly error: string;
  readonly errorCode?: string;
}

type Answer<Body> = Promise<Body | ErrorAnswer>;

export interface WebauthnOptions {
  readonly options: {
    readonly challenge: string;
    readonly timeout?: number;
    /** Of a sign-in; a registration has it in `authenticatorSelection`. */
    readonly userVerification?: string;
    readonly authenticatorSelection?: object;
    readonly user?: { readonly name: string; readonly displayName: string };
  };
}

export interface Verdict {
  readonly isVerified: boolean;
  readonly accessToken?: string;
}

/** The methods of the SDK that we call and replace. Structural, because ceremony.ts alone imports the SDK. */
export interface PasskeyApi {
  challenge(request: { action: string }): Answer<{ readonly challengeId: string }>;
  authenticationOptions(request: { token: string } | { challengeId: string }): Answer<WebauthnOptions>;
  registrationOptions(request: {
    token: string;
    username: string;
    authenticatorAttachment: "platform" | null;
  }): Answer<WebauthnOptions>;
  verify(request: { authenticationCredential: { id: string } }): Answer<Verdict>;
  addAuthenticator(request: { registrationCredential: { id: string } }): Answer<Verdict>;
}

/** What one authentication needs. Serves until a passkey has answered. */
export interface SignInOptions {
  /** `action`: any passkey of this site may answer. `token`: one of the session's user. */
  readonly input: { readonly action: string } | { readonly token: string };
  readonly challenge?: { readonly challengeId: string };
  readonly options: WebauthnOptions;
}

/** Our server's answer to `POST /enroll-token`. */
export interface EnrollmentToken {
  readonly token: string;
  /** Random: what Authsignal knows the passkey's user by. */
  readonly username: string;
  /** What the password manager shows. */
  readonly displayName: string;
  /** Whether the authenticator must verify the person: `required` or `preferred`. */
  readonly userVerification: string;
}

/** Our server's answer to `POST /step-up-token`. */
export interface StepUpToken {
  readonly token: string;
  /** Whether the authenticator must verify the person: `required` or `preferred`. */
  readonly userVerification: string;
}

/** What one registration needs. Serves until an authenticator has answered. */
export interface EnrollmentOptions {
  readonly enrollment: EnrollmentToken;
  readonly options: WebauthnOptions;
}

export async function fetchSignInOptions(api: PasskeyApi): Promise<SignInOptions | ErrorAnswer> {
  const input = { action: signInAction };
  const challenge = await answerInTime(api.challenge(input), (body) => typeof body.challengeId === "string");
  if ("error" in challenge) return challenge;
  const { challengeId } = challenge;
  const options = await answerInTime(api.authenticationOptions({ challengeId }), hasChallenge);
  return "error" in options ? options : { input, challenge, options };
}

export async function fetchStepUpOptions(
  api: PasskeyApi,
  { token, userVerification }: StepUpToken,
): Promise<SignInOptions | ErrorAnswer> {
  const input = { token };
  const answer = await answerInTime(api.authenticationOptions(input), hasChallenge);
  if ("error" in answer) return answer;
  return { input, options: { ...answer, options: { ...answer.options, userVerification } } };
}

export async function fetchEnrollmentOptions(
  api: PasskeyApi,
  enrollment: EnrollmentToken,
  authenticatorAttachment: "platform" | null,
): Promise<EnrollmentOptions | ErrorAnswer> {
  const { token, username, displayName, userVerification } = enrollment;
  const request = { token, username, authenticatorAttachment };
  const answer = await answerInTime(api.registrationOptions(request), hasChallenge);
  if ("error" in answer) return answer;
  // Authsignal knows the random user name only. What the password manager shows is not part of what is signed.
  const user = { ...answer.options.user, name: displayName, displayName };
  const authenticatorSelection = { ...answer.options.authenticatorSelection, userVerification };
  return { enrollment, options: { ...answer, options: { ...answer.options, user, authenticatorSelection } } };
}

/** Milliseconds that one request may take. */
const deadline = 15_000;

export const unreachable: ErrorAnswer = { error: "network_error", errorCode: "network_error" };

export function answerInTime<Body extends object>(
  request: Answer<Body>,
  isComplete: (body: Body) => boolean,
): Answer<Body> {
  return new Promise((resolve) => {
    setTimeout(resolve, deadline, unreachable);
    request.then(
      (body) => resolve(isError(body) || isComplete(body) ? body : unreachable),
      () => resolve(unreachable),
    );
  });
}

function isError(body: object): body is ErrorAnswer {
  return "error" in body;
}

function hasChallenge({ options }: { readonly options?: { readonly challenge?: unknown } }): boolean {
  return typeof options?.challenge === "string";
}

export function hasVerdict({ isVerified }: { readonly isVerified: unknown }): boolean {
  return typeof isVerified === "boolean";
}
