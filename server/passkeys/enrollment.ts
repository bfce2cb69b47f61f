/** Begin: a track token for the freshly authenticated user. Finish: the result token proves a new passkey. */
import { randomUUID } from "node:crypto";
import { actions } from "../../shared/actions.ts";
import {
  type EnrolledResponse,
  EnrollTokenRequest,
  type EnrollTokenResponse,
  type Passkey,
} from "../../shared/contract.ts";
import { AppError } from "../errors.ts";
import { acceptToken, refuse } from "./accept-token.ts";
import type { TokenRefusal } from "./events.ts";
import { requireFresh } from "./freshness.ts";
import { type Answer, type Call, type Operation, operation } from "./operation.ts";
import type { PasskeysContext } from "./options.ts";
import { namedPasskeys } from "./passkey-list.ts";
import { createBeginLimit, type TokenLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";
import { begunSeconds } from "./step-up.ts";

export function beginEnrollment(context: PasskeysContext): Operation {
  const spendBegin = createBeginLimit(context.storage.limiter, context.limits);
  return operation({
    body: EnrollTokenRequest,
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await requireFresh(context, session);
      await spendBegin(user.id);
      const passkeys = await context.authsignal.listPasskeys(user.id);
      if (passkeys.length >= context.maxPasskeys) throw new AppError("passkey_limit_reached");

      const idempotencyKey = randomUUID();
      // Always with the scope: after the e-mail sign-in the user has an authenticator already.
      const { token } = await context.authsignal.beginAction({
        userId: user.id,
        action: actions.enrollPasskey,
        idempotencyKey,
        addAuthenticators: true,
        email: user.email,
      });
      await context.storage.flows.keepBegun(
        { idempotencyKey, sessionId: session.id, action: actions.enrollPasskey, operation: "" },
        new Date(context.now().getTime() + begunSeconds * 1000),
      );
      context.onEvent({ event: "enrollment.begun", requestId: req.id, userId: user.id });
      const answer: EnrollTokenResponse = { token, username: user.email, displayName: user.email };
      return { status: 200, body: answer };
    },
  });
}

export async function finishEnrollment(
  context: PasskeysContext,
  limit: TokenLimit,
  { req, res, body }: Call<{ token: string }>,
): Promise<Answer> {
  const { session, user } = await requireSignedIn(context, req);
  const onRefusal = (reason: TokenRefusal) =>
    context.onEvent({ event: "enrollment.refused", requestId: req.id, userId: user.id, reason });

  const expected = { token: body.token, action: actions.enrollPasskey, userId: user.id };
  const { idempotencyKey } = await limit(req, user.id, () => acceptToken(context, expected, onRefusal));
  const begun = await context.storage.flows.takeBegun(idempotencyKey, session.id, context.now());
  if (begun === null) throw refuse("mismatch", onRefusal);

  const passkeys = await namedPasskeys(context, user.id);
  const surplus = surplusOf(passkeys, context);
  for (const { id: passkeyId } of surplus) {
    await context.authsignal.removePasskey({ userId: user.id, passkeyId });
    context.onEvent({ event: "passkey.deleted", requestId: req.id, userId: user.id, passkeyId });
  }
  if (surplus.length > 0) throw refuse("over-limit", onRefusal);

  // The validated answer does not name the passkey; the one just made is the newest.
  const passkey = passkeys.at(-1);
  if (passkey === undefined) {
    throw new AppError("upstream_unavailable", {
      detail: "Authsignal confirmed a passkey that it does not list.",
      extras: { retryAfter: 5 },
    });
  }
  await context.browserMemory.remember(req, res, user.id);
  context.onEvent({ event: "passkey.enrolled", requestId: req.id, userId: user.id, passkeyId: passkey.id });
  const answer: EnrolledResponse = { passkey };
  return { status: 200, body: answer };
}

/**
 * What is over the cap by now: the token of one begun enrollment can make several passkeys, and several can be begun
 * before one is finished. Only of the time that an enrollment may take: a cap that was lowered takes nothing away.
 */
function surplusOf(passkeys: readonly Passkey[], { maxPasskeys, now }: PasskeysContext): readonly Passkey[] {
  const begunAfter = now().getTime() - begunSeconds * 1000;
  return passkeys.slice(maxPasskeys).filter(({ createdAt }) => Date.parse(createdAt) > begunAfter);
}
