/** Validates result tokens. Every flow ends here; each token is accepted once. */

import type { ActionCode } from "../../../shared/actions.ts";
import type { ProblemCode } from "../../../shared/problem.ts";
import { AppError } from "../../http/errors.ts";
import { sha256 } from "../../http/hash.ts";
import type { Validation } from "../ports/authsignal.ts";
import type { TokenRefusal } from "../ports/events.ts";
import type { PasskeysContext } from "../ports/options.ts";

export type AcceptedToken = Extract<Validation, { outcome: "succeeded" }>;

/** Longer than any token lives (Authsignal's default is 10 minutes, set per tenant), so that none is forgotten early. */
const rememberMs = 24 * 60 * 60 * 1000;

const refusalCodes = {
  refused: "challenge_failed",
  mismatch: "token_mismatch",
  expired: "challenge_expired",
  "already-used": "token_already_used",
  "no-such-user": "challenge_failed",
  "not-begun": "sign_in_not_begun",
  "over-limit": "passkey_limit_reached",
} as const satisfies Record<TokenRefusal, ProblemCode>;

/**
 * Has Authsignal validate the token for exactly this action and (unless null) this user, and accepts its
 * occurrence once.
 * @throws AppError challenge_failed, challenge_expired, token_mismatch, token_already_used, upstream_unavailable
 */
export async function acceptToken(
  context: PasskeysContext,
  expected: { token: string; action: ActionCode; userId: string | null },
  onRefusal: (reason: TokenRefusal) => void,
): Promise<AcceptedToken> {
  return acceptValidation(context, await context.authsignal.validate(expected), onRefusal);
}

/** Does the same with an answer that the caller has fetched already. The token is spent only after that. */
export async function acceptValidation(
  { storage, now }: PasskeysContext,
  validation: Validation,
  onRefusal: (reason: TokenRefusal) => void,
): Promise<AcceptedToken> {
  if (validation.outcome !== "succeeded") throw refuse(validation.outcome, onRefusal);

  const identity = sha256(JSON.stringify([validation.userId, validation.action, validation.idempotencyKey]));
  const first = await storage.flows.consumeToken(identity, new Date(now().getTime() + rememberMs));
  if (!first) throw refuse("already-used", onRefusal);
  return validation;
}

/** Reports the reason and yields the error to throw. */
export function refuse(reason: TokenRefusal, onRefusal: (reason: TokenRefusal) => void): AppError {
  onRefusal(reason);
  return new AppError(refusalCodes[reason]);
}
