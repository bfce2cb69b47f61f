/**
 * needs:    a browser with `navigator.credentials`.
 * does:     attaches our abort signal to WebAuthn requests that the SDK makes. The SDK hides its own signal; without
 *           ours a pending request ends only by starting another one: no cancel link, no renewal of autofill.
 * must not: change a request whose WebAuthn challenge was not registered here.
 *
 * This is the one place in the client that changes a global: the two methods of `navigator.credentials`.
 */
import { base64url } from "./base64url.ts";

/** Autofill and the button share a challenge, so its signals are kept for each of the two. */
const signals = new Map<string, AbortSignal>();
const guarded = new WeakSet<CredentialsContainer>();

export interface ExpectedRequest {
  readonly webauthnChallenge: string;
  readonly autofill: boolean;
}

/** `signal` ends the request, even before it reaches the browser. */
export function attachSignal(request: ExpectedRequest, signal: AbortSignal): void {
  guard(navigator.credentials);
  signals.set(keyOf(request), signal);
}

function keyOf({ webauthnChallenge, autofill }: ExpectedRequest): string {
  return `${autofill ? "autofill" : "modal"} ${webauthnChallenge}`;
}

function guard(container: CredentialsContainer): void {
  if (guarded.has(container)) return;
  guarded.add(container);
  const get = container.get.bind(container);
  const create = container.create.bind(container);
  container.get = (options) => pass(options, get);
  container.create = (options) => pass(options, create);
}

function pass<Options extends CredentialRequestOptions | CredentialCreationOptions>(
  options: Options | undefined,
  request: (options?: Options) => Promise<Credential | null>,
): Promise<Credential | null> {
  if (options?.publicKey === undefined) return request(options);
  const autofill = "mediation" in options && options.mediation === "conditional";
  const key = keyOf({ webauthnChallenge: base64url(options.publicKey.challenge), autofill });
  const signal = signals.get(key);
  if (signal === undefined) return request(options);
  // An aborted signal stays registered: a second request with this challenge is too late as well.
  if (signal.aborted) return Promise.reject(signal.reason);
  signals.delete(key);
  return request({ ...options, signal });
}
