/** Begin: a track token for the freshly authenticated user. Finish: the result token proves a new passkey. */
import { createHash, randomUUID } from "node:crypto";
import type { Request } from "express";
import { actions } from "../../../shared/actions.ts";
import {
  type EnrolledResponse,
  EnrollTokenRequest,
  type EnrollTokenResponse,
  type Passkey,
} from "../../../shared/contract.ts";
import { AppError } from "../../http/errors.ts";
import { type Answer, type Call, type Operation, operation } from "../../http/operation.ts";
import { unlessOut } from "../../storage/outages.ts";
import type { PasskeysContext } from "../options.ts";
import type { TokenRefusal } from "../ports/events.ts";
import { acceptToken, refuse } from "./accept-token.ts";
import { requireFresh } from "./freshness.ts";
import { namedPasskeys } from "./passkey-list.ts";
import { createUserLimit, type TokenLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";
import { begunSeconds } from "./step-up.ts";

/** How long a passkey can be claimed: far longer than an enrollment may take, for clocks that differ. */
const dayMs = 24 * 60 * 60 * 1000;

export function beginEnrollment(context: PasskeysContext): Operation {
  const spendBegin = createUserLimit(context, "beginsPerUser");
  return operation({
    body: EnrollTokenRequest,
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendBegin(user.id);
      await requireFresh(context, session);
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
  const passkeys = await limit(req, user.id, async () => {
    // First the list, which has the passkey by now: an outage spends no token, and the person can finish later.
    const listed = await namedPasskeys(context, user.id);
    const { idempotencyKey } = await acceptToken(context, expected, onRefusal);
    const begun = await context.storage.flows.takeBegun(idempotencyKey, session.id, context.now());
    if (begun === null) throw refuse("mismatch", onRefusal);
    return listed;
  });

  if (passkeys.length > context.maxPasskeys) {
    await removeUnclaimed(context, passkeys, { req, userId: user.id });
    throw refuse("over-limit", onRefusal);
  }
  const passkey = await claimNewest(context, user.id, passkeys);
  if (passkey === null) throw refuse("mismatch", onRefusal);
  await unlessOut(context.browserMemory.remember(req, res, user.id), undefined);
  context.onEvent({ event: "passkey.enrolled", requestId: req.id, userId: user.id, passkeyId: passkey.id });
  const answer: EnrolledResponse = { passkey };
  return { status: 200, body: answer };
}

/**
 * The validated answer does not name the passkey. It is the newest one that no finish has claimed: with none left, the
 * token proved an old one, or what it made is gone.
 */
async function claimNewest(
  context: PasskeysContext,
  userId: string,
  passkeys: readonly Passkey[],
): Promise<Passkey | null> {
  for (const passkey of createdWithin(dayMs, passkeys, context).toReversed()) {
    if (await claim(context, userId, passkey)) return passkey;
  }
  return null;
}

/**
 * Over the cap: the token of one begun enrollment can make several passkeys, and several can be begun before one is
 * finished. Which of the unclaimed ones is whose nobody can tell, so all go, and each of their finishes is refused.
 * Only of the time that an enrollment may take: a cap that was lowered takes nothing away.
 */
async function removeUnclaimed(
  context: PasskeysContext,
  passkeys: readonly Passkey[],
  { req, userId }: { readonly req: Request; readonly userId: string },
): Promise<void> {
  for (const passkey of createdWithin(begunSeconds * 1000, passkeys, context)) {
    if (!(await claim(context, userId, passkey))) continue;
    try {
      await context.authsignal.removePasskey({ userId, passkeyId: passkey.id });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // It stays in the list, over the cap, for its owner to delete. The token is spent: a 503 would promise a second try.
      continue;
    }
    context.onEvent({ event: "passkey.deleted", requestId: req.id, userId, passkeyId: passkey.id });
  }
}

/** @returns false for a passkey that another finish has told of, or removed */
function claim({ storage, now }: PasskeysContext, userId: string, passkey: Passkey): Promise<boolean> {
  const identity = createHash("sha256")
    .update(JSON.stringify({ userId, passkeyId: passkey.id }))
    .digest("base64url");
  // Twice as long as a passkey can be claimed, for clocks that differ from Authsignal's.
  return storage.flows.consumeToken(identity, new Date(now().getTime() + 2 * dayMs));
}

function createdWithin(
  milliseconds: number,
  passkeys: readonly Passkey[],
  { now }: PasskeysContext,
): readonly Passkey[] {
  const since = now().getTime() - milliseconds;
  return passkeys.filter(({ createdAt }) => Date.parse(createdAt) > since);
}
