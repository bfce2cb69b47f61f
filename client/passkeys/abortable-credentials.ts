/**
 * needs:    a browser with `navigator.credentials`.
 * does:     attaches our abort signal to WebAuthn requests that the SDK makes. The SDK hides its own signal; without
 *           ours a pending request ends only by starting another one: no cancel link, no renewal of autofill. Adds
 *           `uiMode: "immediate"` where it is wanted: version 1.16 of the SDK builds the options of
 *           `navigator.credentials.get` itself and passes on `publicKey`, `mediation` and its signal only.
 * must not: change a request whose WebAuthn challenge was not registered here.
 *
 * This is the one place in the client that changes a global: the two methods of `navigator.credentials`.
 */
import { base64url } from "./base64url.ts";

/** Autofill and the button share a challenge, so its additions are kept for each of the two. */
const expected = new Map<string, Additions>();
const guarded = new WeakSet<CredentialsContainer>();

export interface ExpectedRequest {
  readonly webauthnChallenge: string;
  readonly autofill: boolean;
  /** Ends at once where this browser has no passkey, without a QR code for a phone. Default false. */
  readonly immediate?: boolean;
}

interface Additions {
  readonly signal: AbortSignal;
  /** Of the WebAuthn draft; other browsers ignore it. */
  readonly uiMode?: "immediate";
}

/** `signal` ends the request, even before it reaches the browser. */
export function attachSignal(request: ExpectedRequest, signal: AbortSignal): void {
  guard(navigator.credentials);
  expected.set(keyOf(request), request.immediate === true ? { signal, uiMode: "immediate" } : { signal });
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
  const additions = expected.get(key);
  if (additions === undefined) return request(options);
  const { signal } = additions;
  // An aborted signal stays registered: a second request with this challenge is too late as well.
  if (signal.aborted) return Promise.reject(signal.reason);
  expected.delete(key);
  return request({ ...options, ...additions });
}
