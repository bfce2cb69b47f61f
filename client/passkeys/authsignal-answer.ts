/**
 * needs:    nothing.
 * does:     gives every request to Authsignal an end: an answer in time and in the right shape, or a refusal in the
 *           shape that the SDK passes on. The SDK itself waits for ever, rejects on a dropped connection, and takes
 *           a proxy's JSON for success.
 * must not: reject.
 */
export interface Refusal {
  readonly error: string;
  readonly errorCode: string;
}

/** Milliseconds that one request may take. */
const deadline = 15_000;

export const unreachable: Refusal = { error: "network_error", errorCode: "network_error" };

/** An answer that is not an error. */
export type Whole<Body> = Exclude<Body, { error: string }>;

export async function answerInTime<Body extends object>(
  request: Promise<Body>,
  isWhole: (body: Whole<Body>) => boolean,
): Promise<Whole<Body> | Refusal> {
  const body = await Promise.race([
    request.catch(() => unreachable),
    new Promise<Refusal>((resolve) => setTimeout(resolve, deadline, unreachable)),
  ]);
  if (isRefusal(body)) return body;
  const whole = body as Whole<Body>;
  return isWhole(whole) ? whole : unreachable;
}

function isRefusal(body: object): body is Refusal {
  return "error" in body;
}

export function hasChallenge(body: { readonly options?: { readonly challenge?: unknown } }): boolean {
  return typeof body.options?.challenge === "string";
}

export function hasVerdict(body: { readonly isVerified: boolean }): boolean {
  return typeof body.isVerified === "boolean";
}
