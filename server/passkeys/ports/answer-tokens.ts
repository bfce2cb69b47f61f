/** Lets a session port put the host's tokens into the body of the answer that signs in or steps up. */
import type { Response } from "express";

const tokensOf = new WeakMap<Response, object>();

/**
 * For a session port whose clients read their credential from the body: the router answers `tokens` as the member of that
 * name, beside its own. Call it in `start` and `renew`, with what your own sign-in answers, such as
 * `{ accessToken, refreshToken }`. An answer that fails carries none.
 */
export function answerWithTokens(res: Response, tokens: object): void {
  tokensOf.set(res, tokens);
}

/**
 * What the port has handed over for this answer, as a member of its body: `{ tokens }`, or `{}`. For sign-in routes of your
 * own that share the port with the router.
 */
export function tokensMember(res: Response): { readonly tokens?: object } {
  const tokens = tokensOf.get(res);
  return tokens === undefined ? {} : { tokens };
}
