/** Begin: a code to the new address, for a person with a fresh proof. Finish: the code, in the same session. */
import type { Request } from "express";
import { actions } from "../../../../shared/actions.ts";
import {
  type ChallengeOtpResponse,
  type EmailChangedResponse,
  EmailChangeRequest,
  type User,
  VerifyEmailChangeRequest,
} from "../../../../shared/contract.ts";
import { AppError } from "../../../http/errors.ts";
import { sha256 } from "../../../http/hash.ts";
import { type Operation, operation } from "../../../http/operation.ts";
import { unlessOut } from "../../../http/outages.ts";
import { beyondRequest } from "../../../http/request-deadline.ts";
import type { EmailChange } from "../../ports/account/email-changes.ts";
import { Unanswered } from "../../ports/authsignal.ts";
import { maskEmail, normaliseEmail } from "../../ports/email-address.ts";
import { noNotices } from "../../ports/notices.ts";
import type { EmailChanges, PasskeysContext } from "../../ports/options.ts";
import type { SignedIn } from "../../ports/sessions.ts";
import { requireFull } from "../assurance/standing.ts";
import { type OneTimeCodes, secondsUntilResend } from "../codes/one-time-codes.ts";
import { requireFresh } from "../freshness.ts";
import { tellOfNewAddress } from "../oversight/tell.ts";
import { countedUser, createUserLimit, refuseFor } from "../rate-limits.ts";
import { requireSignedIn } from "../signed-in.ts";
import { forgetMailbox, formerMs, heldBy } from "./former-address.ts";

export function emailChangeOperations(
  context: PasskeysContext,
  changes: EmailChanges,
  codes: OneTimeCodes,
): { beginEmailChange: Operation; finishEmailChange: Operation } {
  const { sessions, storage, notices, limits, onEvent, now } = context;
  const { store } = changes;
  const spendCall = createUserLimit(context, "callsPerUser");
  const perUser = storage.limiter({ name: "emailChangesPerUser", ...limits.emailChangesPerUser });

  const beginEmailChange = operation({
    body: EmailChangeRequest,
    async handle({ req, body }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      await requireFresh(context, req, session, { codesCount: false });
      const email = normaliseEmail(body.email);
      if (email === normaliseEmail(user.email)) throw ownAddress();
      const begun = await store.findEmailChange(user.id);
      const isSame = begun?.email === email && begun.sessionId === session.id;
      // Asking again at once sends nothing: the code on its way still works.
      const isOnItsWay = isSame && secondsUntilResend(begun, now()) > 0;
      const change = isOnItsWay ? begun : await send(req, { session, user, email });
      const answer: ChallengeOtpResponse = {
        expiresAt: change.expiresAt.toISOString(),
        resendAfter: secondsUntilResend(change, now()),
      };
      return { status: 202, body: answer };
    },
  });

  const finishEmailChange = operation({
    body: VerifyEmailChangeRequest,
    async handle({ req, res, body }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      const change = await store.findEmailChange(user.id);
      if (change === null || change.sessionId !== session.id) throw new AppError("otp_not_requested");
      // The recovery that permitted the beginning may have been cancelled since.
      await requireFull(context, req, session);
      const address = normaliseEmail(await codes.prove(req, change, body.code));
      const former = await codes
        .acceptOnce(req, change, () => give(user, change, address))
        .catch(async (error: unknown) => {
          if (error instanceof AppError && error.code === "email_taken") {
            onEvent({ event: "email_change.refused", requestId: req.id, userId: user.id, reason: "taken" });
            await codes.forget(change);
          }
          throw error;
        });
      await unlessOut(codes.complete(req, res, address), undefined);
      await forgetMailbox(context, { from: user.email, to: address });
      const masked = { from: maskEmail(user.email), to: maskEmail(address) };
      onEvent({ event: "email.changed", requestId: req.id, userId: user.id, ...masked });
      tellOfNewAddress(context, { req, user, address, ...(former !== null && { changeId: former }) });
      const answer: EmailChangedResponse = {
        user: (await unlessOut(context.users.findById(user.id), null)) ?? { id: user.id, email: address },
        otherSessions: await countOthers(user.id, session.id),
      };
      return { status: 200, body: answer };
    },
  });

  return { beginEmailChange, finishEmailChange };

  async function send(
    req: Request,
    { session, user, email }: { readonly session: SignedIn; readonly user: User; readonly email: string },
  ): Promise<EmailChange> {
    refuseFor(await perUser.spend(countedUser(user.id)));
    const { challengeId, sentAt, expiresAt } = await codes
      .send(req, { email, action: actions.changeEmail })
      .catch(async (error: unknown) => {
        if (!(error instanceof Unanswered))
          await unlessOut(perUser.giveBack(countedUser(user.id)), undefined);
        throw error;
      });
    const change = { userId: user.id, sessionId: session.id, challengeId, email, sentAt, expiresAt };
    await store.keepEmailChange(change);
    onEvent({ event: "email_change.begun", requestId: req.id, userId: user.id, to: maskEmail(email) });
    return change;
  }

  /**
   * First at Authsignal: after an outage there nothing has changed, and the same code finishes it later.
   * @returns the id of the former address, or null when the change cannot be taken back
   */
  async function give(user: User, change: EmailChange, address: string): Promise<string | null> {
    const holder = await heldBy(context, address);
    if (holder !== null && holder !== user.id) throw new AppError("email_taken");
    const at = now();
    // Before the change is taken, which "This wasn't me" drops: what is gone afterwards, that has brought back.
    const former = await store.formerAddresses(user.id, at);
    await changes.updateEmail({ userId: user.id, email: address });
    try {
      // Not after it was dropped by "This wasn't me", or replaced by another change.
      if (!(await store.takeEmailChange(user.id, change.challengeId)))
        throw new AppError("otp_not_requested");
      const id = await write(user, change, { address, former });
      if (await unlessOut(areAllThere(former, user.id, at), true)) return id;
      const [restored = user.email] = former;
      await beyondRequest(() => changes.changeEmail(user.id, restored));
      throw new Undone(restored);
    } catch (error) {
      const back = { userId: user.id, email: error instanceof Undone ? error.restored : user.email };
      await unlessOut(
        beyondRequest(() => changes.updateEmail(back)),
        undefined,
      );
      throw error;
    }
  }

  async function areAllThere(former: readonly string[], userId: string, at: Date): Promise<boolean> {
    const found = former.length === 0 ? [] : await store.formerAddresses(userId, at);
    return former.every((address) => found.includes(address));
  }

  async function write(
    user: User,
    change: EmailChange,
    { address, former }: { readonly address: string; readonly former: readonly string[] },
  ): Promise<string | null> {
    const email = normaliseEmail(user.email);
    // An address that came by a change of the last days may be an intruder's, and the next change the owner's answer to it:
    // the mailbox of such an address brings nothing back. That of the one before still does.
    const isEstablished = former.length === 0 || former.includes(email);
    const isKept = notices !== noNotices && isEstablished;
    const id = sha256(`email-change ${change.challengeId}`);
    const changedAt = now();
    const times = { changedAt, expiresAt: new Date(changedAt.getTime() + formerMs) };
    try {
      // Before the change, so that no other account gets the address in between.
      if (isKept) await store.keepFormerAddress({ id, userId: user.id, email, ...times });
      if (await changes.changeEmail(user.id, address)) return isKept ? id : null;
    } catch (error) {
      // The same code finishes it later.
      await unlessOut(
        beyondRequest(() => store.keepEmailChange(change)),
        undefined,
      );
      throw error;
    }
    if (isKept) await store.dropFormerAddresses(user.id, changedAt);
    throw new AppError("email_taken");
  }

  async function countOthers(userId: string, sessionId: string): Promise<number | null> {
    const { sessionList } = sessions;
    if (sessionList === undefined) return null;
    const listed = await unlessOut(sessionList.list(userId), null);
    return listed === null ? null : listed.filter(({ id }) => id !== sessionId).length;
  }
}

/** "This wasn't me" has brought an address back while the change was made. */
class Undone extends AppError {
  readonly restored: string;
  constructor(restored: string) {
    super("otp_not_requested");
    this.restored = restored;
  }
}

function ownAddress(): AppError {
  const issues = [{ pointer: "/email", message: "This is the account's address already." }];
  return new AppError("validation_failed", { extras: { issues } });
}
