/** Begin: a track token for the freshly authenticated user. Finish: the result token proves a new passkey. */
import { randomUUID } from "node:crypto";
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
import { unlessOut } from "../../http/outages.ts";
import type { Authenticators, Validation } from "../ports/authsignal.ts";
import { isAddress } from "../ports/email-address.ts";
import type { TokenRefusal } from "../ports/events.ts";
import type { PasskeysContext } from "../ports/options.ts";
import type { SignedIn } from "../ports/sessions.ts";
import { acceptValidation, refuse } from "./accept-token.ts";
import { limitedSession, requireFull, standingOf } from "./assurance/standing.ts";
import { recordAppeared } from "./authenticators.ts";
import { freshnessOf, requireFresh, stepUpProblem } from "./freshness.ts";
import { takeRemoval } from "./oversight/remove-passkey.ts";
import { tellOfNewPasskey } from "./oversight/tell.ts";
import { nameAll } from "./passkey-list.ts";
import { createUserLimit, type TokenLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";
import { beginTracked, begunSeconds } from "./track-token.ts";

export function beginEnrollment(context: PasskeysContext): Operation {
  const spendBegin = createUserLimit(context, "beginsPerUser");
  return operation({
    body: EnrollTokenRequest,
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendBegin(session);
      const standing = await requireFull(context, req, session);
      const freshness = freshnessOf(context, session, standing);
      if (freshness === "stale") await requireFresh(context, req, session);
      const common = { requestId: req.id, userId: user.id };
      const token = await beginTracked(context, {
        req,
        session,
        action: actions.enrollPasskey,
        operation: "",
        check({ passkeys }) {
          if (freshness !== "fresh" && passkeys.length > 0)
            throw stepUpProblem(context, {
              session,
              standing,
              action: actions.managePasskeys,
              hasPasskey: true,
            });
          if (passkeys.length >= context.maxPasskeys) throw new AppError("passkey_limit_reached");
        },
        // Always with the scope: it is needed as soon as the user has any authenticator, another passkey too.
        attributes: { addAuthenticators: true, ...(isAddress(user.email) && { email: user.email }) },
        onWithheld: (methods) => context.onEvent({ event: "enrollment.withheld", ...common, methods }),
      });
      context.onEvent({ event: "enrollment.begun", ...common, method: session.method });
      const answer: EnrollTokenResponse = {
        token,
        username: randomUUID(),
        displayName: user.email,
        userVerification: context.userVerification,
      };
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
  const userId = user.id;
  const onRefusal = (reason: TokenRefusal) =>
    context.onEvent({ event: "enrollment.refused", requestId: req.id, userId, reason });

  const expected = { token: body.token, action: actions.enrollPasskey, userId };
  const passkey = await limit(req, session, async () => {
    // Both are asked before anything is spent: after an outage of either the person can finish later.
    const [authenticators, validation] = await Promise.all([
      context.authsignal.listAuthenticators(userId),
      context.authsignal.validate(expected),
    ]);
    const finish: Finish = { req, userId, session, authenticators, validation, onRefusal };
    // Refused or not, what is in the list is recorded; after the claim, which makes an event of its own.
    return takeNewPasskey(context, finish).finally(() =>
      // In an outage of the storage the next look at the list records it.
      unlessOut(recordAppeared(context, finish), undefined),
    );
  });

  await unlessOut(context.knownBrowsers.remember(req, res, userId), undefined);
  context.onEvent({ event: "passkey.enrolled", requestId: req.id, userId, passkeyId: passkey.id });
  await tellOfNewPasskey(context, { req, user, passkey });
  const answer: EnrolledResponse = { passkey };
  return { status: 200, body: answer };
}

interface Finish {
  readonly req: Request;
  readonly userId: string;
  readonly session: SignedIn;
  readonly authenticators: Authenticators;
  readonly validation: Validation;
  readonly onRefusal: (reason: TokenRefusal) => void;
}

/**
 * The validated answer does not name the passkey. It is the newest one that was not there when the enrollment began and
 * that no other finish has claimed. If there is none, an older passkey answered, or the new one has been deleted.
 */
async function takeNewPasskey(context: PasskeysContext, finish: Finish): Promise<Passkey> {
  const { req, userId, session, validation, onRefusal } = finish;
  const { passkeys } = finish.authenticators;
  const { flows } = context.storage;
  const { idempotencyKey, verificationMethod } = await acceptValidation(context, validation, onRefusal);
  // Where Authsignal names none, the new passkey in the list is the proof.
  if (verificationMethod !== null && verificationMethod !== "PASSKEY") throw refuse("refused", onRefusal);
  const begun = await flows.takeBegun(idempotencyKey, session.id, context.now());
  if (begun === null) throw refuse("mismatch", onRefusal);

  const standing = await standingOf(context, req, session);
  // The recovery that permitted the beginning was cancelled since.
  if (standing.isLimited && begun.passkeyIds.length > 0) {
    await removeUnclaimed(context, finish);
    throw limitedSession();
  }
  if (passkeys.length > context.maxPasskeys) {
    await removeUnclaimed(context, finish);
    throw refuse("over-limit", onRefusal);
  }
  const appeared = passkeys.filter(({ id }) => !begun.passkeyIds.includes(id));
  for (const { id } of appeared.toReversed()) {
    if (!(await flows.claimPasskey(userId, id))) continue;
    // From now on the recovery opens this session alone.
    if (standing.isRecovered) await context.recoveries?.useRecovery(userId, session.id);
    const passkey = (await nameAll(context, userId, passkeys)).find((named) => named.id === id);
    if (passkey !== undefined) return passkey;
  }
  throw refuse("mismatch", onRefusal);
}

/**
 * Over the cap, or after a cancelled recovery. The token of one begun enrollment can make several passkeys, and several can be begun before one is
 * finished. Which of the unclaimed ones belongs to which finish cannot be told, so all are removed, and each finish is refused.
 * Only passkeys of the last `begunSeconds`: lowering the cap deletes no older ones.
 */
async function removeUnclaimed(context: PasskeysContext, finish: Finish): Promise<void> {
  const { req, userId, authenticators } = finish;
  await recordAppeared(context, finish);
  const since = context.now().getTime() - begunSeconds * 1000;
  for (const { id } of authenticators.passkeys.filter(({ createdAt }) => createdAt.getTime() > since)) {
    // It stays claimed, so that a parallel finish that has listed it before cannot return it.
    if (!(await context.storage.flows.claimPasskey(userId, id))) continue;
    await takeRemoval(context, { userId, passkeyId: id });
    try {
      await context.authsignal.removePasskey({ userId, passkeyId: id });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // It stays in the list, over the cap, for its owner to delete. The token is spent: a 503 would promise a second try.
      continue;
    }
    context.onEvent({ event: "passkey.deleted", requestId: req.id, userId, passkeyId: id });
  }
}
