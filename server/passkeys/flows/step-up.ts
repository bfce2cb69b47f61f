/** Begin: a track token for the session's user. Finish: a fresher session and, for a host's action, a grant. */

import { actions } from "../../../shared/actions.ts";
import {
  type SteppedUpResponse,
  StepUpTokenRequest,
  type StepUpTokenResponse,
} from "../../../shared/contract.ts";
import { AppError } from "../../http/errors.ts";
import { sha256 } from "../../http/hash.ts";
import { type Answer, type Call, type Operation, operation } from "../../http/operation.ts";
import { unlessOut } from "../../http/outages.ts";
import type { Authenticators, Validation } from "../ports/authsignal.ts";
import type { TokenRefusal } from "../ports/events.ts";
import type { Begun } from "../ports/flow-store.ts";
import type { PasskeysContext } from "../ports/options.ts";
import { acceptValidation, refuse } from "./accept-token.ts";
import { recordAppeared } from "./authenticators.ts";
import { stepUpProblem } from "./freshness.ts";
import { createUserLimit, type TokenLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";
import { beginTracked } from "./track-token.ts";

/** What exactly is confirmed, as the host and the browser both know it. */
export type ConfirmedOperation = Readonly<Record<string, string | number | boolean>>;

export function beginStepUp(context: PasskeysContext): Operation {
  const spendBegin = createUserLimit(context, "beginsPerUser");
  return operation({
    body: StepUpTokenRequest,
    async handle({ req, body }) {
      const { session, user } = await requireSignedIn(context, req);
      requireKnownAction(context, body.action);
      await spendBegin(session);
      const common = { requestId: req.id, userId: user.id, action: body.action };
      const token = await beginTracked(context, {
        req,
        session,
        action: body.action,
        operation: fingerprint(body.operation),
        // The track token of a user without a passkey would let its holder enroll the first, however stale the session.
        check({ passkeys }) {
          if (passkeys.length === 0)
            throw stepUpProblem(context, { session, action: body.action, hasPasskey: false });
        },
        attributes: body.operation === undefined ? {} : { custom: body.operation },
        onWithheld: (methods) => context.onEvent({ event: "step_up.withheld", ...common, methods }),
      });
      context.onEvent({ event: "step_up.begun", ...common });
      const answer: StepUpTokenResponse = { token, userVerification: context.userVerification };
      return { status: 200, body: answer };
    },
  });
}

export async function finishStepUp(
  context: PasskeysContext,
  limit: TokenLimit,
  { req, res, body }: Call<{ token: string; action: string }>,
): Promise<Answer> {
  const { session, user } = await requireSignedIn(context, req);
  const { action } = body;
  requireKnownAction(context, action);
  const onRefusal = (reason: TokenRefusal) =>
    context.onEvent({ event: "step_up.refused", requestId: req.id, userId: user.id, action, reason });

  const expected = { token: body.token, action, userId: user.id };
  const begun = await limit(req, session, async () => {
    // Both are asked before anything is spent: after an outage of either the person can finish later.
    const [authenticators, validation] = await Promise.all([
      context.authsignal.listAuthenticators(user.id),
      context.authsignal.validate(expected),
    ]);
    const finish = { req, userId: user.id, sessionId: session.id, authenticators, validation, onRefusal };
    // Refused or not, what is in the list is recorded.
    return takeProof(context, finish).finally(() =>
      // In an outage of the storage the next look at the list records it.
      unlessOut(recordAppeared(context, finish), undefined),
    );
  });

  await context.sessions.renew(req, res, { method: "passkey", assurance: "full" });
  const isFreshness = action === actions.managePasskeys;
  const seconds = isFreshness ? context.freshSeconds : context.grantSeconds;
  const expiresAt = new Date(context.now().getTime() + seconds * 1000);
  if (!isFreshness)
    await context.storage.flows.keepGrant(
      { sessionId: session.id, userId: user.id, action, operation: begun.operation },
      expiresAt,
    );
  context.onEvent({ event: "step_up.succeeded", requestId: req.id, userId: user.id, action });
  const answer: SteppedUpResponse = { action, expiresAt: expiresAt.toISOString() };
  return { status: 200, body: answer };
}

interface Finish {
  readonly userId: string;
  readonly sessionId: string;
  readonly authenticators: Authenticators;
  readonly validation: Validation;
  readonly onRefusal: (reason: TokenRefusal) => void;
}

/**
 * Only a passkey that existed when the step-up began may sign. Authsignal also takes the registration of a new passkey
 * for a proof, so the step-up is refused while there is a newer one that no enrollment has claimed. If that belongs to an
 * enrollment that another device is finishing, the next step-up succeeds.
 */
async function takeProof(context: PasskeysContext, finish: Finish): Promise<Begun> {
  const { userId, sessionId, authenticators, validation, onRefusal } = finish;
  const { flows } = context.storage;
  const accepted = await acceptValidation(context, validation, onRefusal);
  if (accepted.verificationMethod !== "PASSKEY") throw refuse("refused", onRefusal);
  const begun = await flows.takeBegun(accepted.idempotencyKey, sessionId, context.now());
  if (begun === null) throw refuse("mismatch", onRefusal);
  const appeared = authenticators.passkeys.filter(({ id }) => !begun.passkeyIds.includes(id));
  // The passkey that signed has been deleted since, so its proof does not count.
  if (authenticators.passkeys.length === 0) throw refuse("mismatch", onRefusal);
  if (appeared.length > 0) {
    const claimed = await flows.claimedPasskeys(userId);
    if (!appeared.every(({ id }) => claimed.has(id))) throw refuse("mismatch", onRefusal);
  }
  return begun;
}

/** The same for the same members in any order; empty for a bare action. */
export function fingerprint(confirmed: ConfirmedOperation | undefined): string {
  if (confirmed === undefined) return "";
  const sorted = Object.entries(confirmed).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify(sorted));
}

function requireKnownAction({ stepUpActions }: PasskeysContext, action: string): void {
  if (action === actions.managePasskeys || stepUpActions.includes(action)) return;
  throw new AppError("validation_failed", {
    extras: { issues: [{ pointer: "/action", message: "No such action." }] },
  });
}
