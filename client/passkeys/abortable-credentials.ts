/**
 * needs:    a browser with `navigator.credentials`.
 * does:     attaches our abort signal to WebAuthn requests that the SDK makes. The SDK hides its own signal; without
 *           ours a pending request ends only by starting another one: no cancel link, no renewal of autofill.
 * must not: change a request whose WebAuthn challenge was not registered here.
 *
 * This is the one place in the client that changes a global: the two methods of `navigator.credentials`.
 */
import { base64url } from "./base64url.ts";

const signalByChallenge = new Map<string, AbortSignal>();
const guarded = new WeakSet<CredentialsContainer>();

/** `signal` ends the request with this WebAuthn challenge, even before it reaches the browser. */
export function attachSignal(webauthnChallenge: string, signal: AbortSignal): void {
  guard(navigator.credentials);
  signalByChallenge.set(webauthnChallenge, signal);
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
  const webauthnChallenge = options?.publicKey && base64url(options.publicKey.challenge);
  const signal = webauthnChallenge === undefined ? undefined : signalByChallenge.get(webauthnChallenge);
  if (options === undefined || webauthnChallenge === undefined || signal === undefined)
    return request(options);
  // An aborted signal stays registered: a second request with this challenge is too late as well.
  if (signal.aborted) return Promise.reject(signal.reason);
  signalByChallenge.delete(webauthnChallenge);
  return request({ ...options, signal });
}
