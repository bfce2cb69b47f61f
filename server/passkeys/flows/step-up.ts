/** Begin: a track token for the session's user. Finish: a fresher session and, for a host's action, a grant. */
import { createHash, randomUUID } from "node:crypto";
import { actions } from "../../../shared/actions.ts";
import {
  type SteppedUpResponse,
  StepUpTokenRequest,
  type StepUpTokenResponse,
} from "../../../shared/contract.ts";
import { AppError } from "../../http/errors.ts";
import { type Answer, type Call, type Operation, operation } from "../../http/operation.ts";
import type { PasskeysContext } from "../options.ts";
import type { TokenRefusal } from "../ports/events.ts";
import { acceptToken, refuse } from "./accept-token.ts";
import { hasPasskey, stepUpProblem } from "./freshness.ts";
import { createUserLimit, type TokenLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";

/** How long a begun action may take: longer than any track token lives. */
export const begunSeconds = 30 * 60;

/** What exactly is confirmed, as the host and the browser both know it. */
export type ConfirmedOperation = Readonly<Record<string, string | number | boolean>>;

export function beginStepUp(context: PasskeysContext): Operation {
  const spendBegin = createUserLimit(context, "beginsPerUser");
  return operation({
    body: StepUpTokenRequest,
    async handle({ req, body }) {
      const { session, user } = await requireSignedIn(context, req);
      requireKnownAction(context, body.action);
      await spendBegin(user.id);
      // The track token of somebody without a passkey would let its holder enroll the first, however stale the session.
      if (!(await hasPasskey(context, user.id))) throw stepUpProblem(context, body.action, false);
      const idempotencyKey = randomUUID();
      const { token } = await context.authsignal.beginAction({
        userId: user.id,
        action: body.action,
        idempotencyKey,
        ...(body.operation === undefined ? {} : { custom: body.operation }),
      });
      await context.storage.flows.keepBegun(
        {
          idempotencyKey,
          sessionId: session.id,
          action: body.action,
          operation: fingerprint(body.operation),
        },
        new Date(context.now().getTime() + begunSeconds * 1000),
      );
      context.onEvent({ event: "step_up.begun", requestId: req.id, userId: user.id, action: body.action });
      const answer: StepUpTokenResponse = { token };
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
  const { flows } = context.storage;
  const begun = await limit(req, user.id, async () => {
    const accepted = await acceptToken(context, expected, onRefusal);
    if (accepted.verificationMethod !== "PASSKEY") throw refuse("refused", onRefusal);
    const found = await flows.takeBegun(accepted.idempotencyKey, session.id, context.now());
    if (found === null) throw refuse("mismatch", onRefusal);
    return found;
  });

  await context.sessions.renew(req, res, { method: "passkey" });
  const isFreshness = action === actions.managePasskeys;
  const seconds = isFreshness ? context.freshSeconds : context.grantSeconds;
  const expiresAt = new Date(context.now().getTime() + seconds * 1000);
  if (!isFreshness)
    await flows.keepGrant({ sessionId: session.id, action, operation: begun.operation }, expiresAt);
  context.onEvent({ event: "step_up.succeeded", requestId: req.id, userId: user.id, action });
  const answer: SteppedUpResponse = { action, expiresAt: expiresAt.toISOString() };
  return { status: 200, body: answer };
}

/** The same for the same members in any order; empty for a bare action. */
export function fingerprint(confirmed: ConfirmedOperation | undefined): string {
  if (confirmed === undefined) return "";
  const sorted = Object.entries(confirmed).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("base64url");
}

function requireKnownAction({ stepUpActions }: PasskeysContext, action: string): void {
  if (action === actions.managePasskeys || stepUpActions.includes(action)) return;
  throw new AppError("validation_failed", {
    extras: { issues: [{ pointer: "/action", message: "No such action." }] },
  });
}
