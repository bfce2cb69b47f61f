/**
 * needs:    a route behind `requireStepUp`, a session whose account has a passkey; confirm-piece.ts.
 * does:     is `fetch` for that route: if our server wants a confirmation, a dialog shows what is confirmed, and the
 *           request is sent again after the passkey.
 * must not: send anything else again: a refusal of another kind is the caller's.
 */
import type { ConfirmedOperation } from "../passkeys/step-up.ts";
import { type Confirmation, confirmByPasskey, neededStepUp } from "./confirm-piece.ts";

export interface StepUpRequest extends RequestInit {
  /** What the guard's second argument computes from this request. Leave it out where the guard has none. */
  readonly operation?: ConfirmedOperation;
}

/**
 * Resolves with the answer of the route; with its refusal (403) if the person left the dialog, or has no passkey yet
 * (`passkey_required`). Rejects as `fetch` does if the request's `signal` aborts, which closes the dialog too.
 * @param mountedAt where the router is, such as `/auth`
 */
export function createStepUpFetch(
  mountedAt: string,
  {
    send = fetch,
    ...options
  }: Pick<Confirmation, "describe" | "words"> & {
    /** Sends the requests, in the place of `fetch`: `createBearerFetch` adds a token. */
    readonly send?: typeof fetch;
  } = {},
): (input: RequestInfo | URL, init?: StepUpRequest) => Promise<Response> {
  return async (input, init = {}) => {
    const { operation, ...usual } = init;
    const request = new Request(input, usual);
    const answer = await send(request.clone());
    const needed = answer.status === 403 ? neededStepUp(await bodyOf(answer.clone())) : undefined;
    if (needed === undefined || !needed.methods.includes("passkey")) return answer;
    const { signal } = request;
    const confirmation = { ...options, action: needed.action, operation, signal };
    const isConfirmed = await confirmByPasskey(mountedAt, confirmation);
    signal.throwIfAborted();
    return isConfirmed ? send(request) : answer;
  };
}

async function bodyOf(answer: Response): Promise<unknown> {
  return answer.json().catch(() => null);
}
