/** Begin: send a code. Finish: have Authsignal check it, accept it once, start (or refresh) the session. */
import type { Request, Response } from "express";
import { actions } from "../../../shared/actions.ts";
import {
  ChallengeOtpRequest,
  type ChallengeOtpResponse,
  type SignedInResponse,
  type User,
  VerifyOtpRequest,
} from "../../../shared/contract.ts";
import type { ProblemCode } from "../../../shared/problem.ts";
import { AppError } from "../../http/errors.ts";
import { type Operation, operation } from "../../http/operation.ts";
import { unlessOut } from "../../http/outages.ts";
import { normaliseEmail } from "../ports/email-address.ts";
import type { CodePorts, PasskeysContext } from "../ports/options.ts";
import { heldBy } from "./account/former-address.ts";
import { assuranceAfterCode, standingOf } from "./assurance/standing.ts";
import { type OneTimeCodes, secondsUntilResend } from "./codes/one-time-codes.ts";
import { tellOfNewBrowser } from "./oversight/tell.ts";
import { shouldOffer } from "./passkey-offer.ts";

const deadCode: ReadonlySet<ProblemCode> = new Set(["otp_expired", "otp_attempts_exceeded", "no_account"]);

export function otpSignIn(
  context: PasskeysContext,
  ports: CodePorts,
  codes: OneTimeCodes,
): { challengeOtp: Operation; verifyOtp: Operation } {
  const { sessions, onEvent, now } = context;

  const challengeOtp = operation({
    body: ChallengeOtpRequest,
    async handle({ req, res, body }) {
      const email = normaliseEmail(body.email);
      const current = await ports.pendingOtp(req);
      // Asking again at once, by a double click or Back, sends nothing: the code on its way still works.
      const fresh = current?.email === email && secondsUntilResend(current, now()) > 0;
      const pending = fresh ? current : await codes.send(req, { email, action: actions.signInWithEmail });
      if (!fresh) await ports.keepPendingOtp(req, res, pending);
      const answer: ChallengeOtpResponse = {
        expiresAt: pending.expiresAt.toISOString(),
        resendAfter: secondsUntilResend(pending, now()),
      };
      return { status: 202, body: answer };
    },
  });

  const verifyOtp = operation({
    body: VerifyOtpRequest,
    async handle({ req, res, body }) {
      const pending = await ports.pendingOtp(req);
      if (pending === null) throw new AppError("otp_not_requested");
      try {
        const user = await ownerOf(req, await codes.prove(req, pending, body.code));
        const { isNew, ...limited } = await codes.acceptOnce(req, pending, () => signIn(req, res, user));
        if (isNew) await tellOfNewBrowser(context, { req, res, user });
        // After the notice, which asks whether this browser was known before.
        await unlessOut(codes.complete(req, res, pending.email), undefined);
        const { passkeyFailed = false } = body;
        const mayOffer = isNew && limited.assurance === undefined;
        const offerPasskey = mayOffer && (await shouldOffer(context, req, user.id, { passkeyFailed }));
        const answer: SignedInResponse = { user, offerPasskey, ...limited };
        return { status: 200, body: answer };
      } catch (error) {
        // With a dead code the person may ask for a new one at once.
        if (error instanceof AppError && deadCode.has(error.code)) await ports.keepPendingOtp(req, res, null);
        if (error instanceof AppError && error.code === "no_account") await codes.forget(pending);
        throw error;
      }
    },
  });

  return { challengeOtp, verifyOtp };

  /** The user who owns a proven address. */
  async function ownerOf(req: Request, address: string): Promise<User> {
    // Of an account that can still take it back, the address opens neither that one nor a new one.
    const isHeld = (await heldBy(context, address)) !== null;
    const user = isHeld ? null : await ports.findOrCreateByEmail(address);
    if (user !== null) return user;
    // Only who reads the mailbox learns this: until the right code every address gets the same answers.
    onEvent({ event: "sign_in.refused", requestId: req.id, reason: "no-account" });
    throw new AppError("no_account");
  }

  /**
   * A code of the session's user refreshes the session (a step-up); a code of another user starts a new one.
   * @returns whether a new one was started, and what limits it
   */
  async function signIn(
    req: Request,
    res: Response,
    user: User,
  ): Promise<{ readonly isNew: boolean } & Pick<SignedInResponse, "assurance">> {
    const session = await sessions.current(req);
    if (session?.userId === user.id) {
      await sessions.renew(req, res, { method: "email-otp" });
      onEvent({
        event: "step_up.succeeded",
        requestId: req.id,
        userId: user.id,
        action: actions.signInWithEmail,
      });
      const { isLimited } = await standingOf(context, req, session);
      return { isNew: false, ...(isLimited && { assurance: "limited" }) };
    }
    const assurance = await assuranceAfterCode(context, req, user.id);
    await sessions.start(req, res, { userId: user.id, method: "email-otp", assurance });
    onEvent({ event: "sign_in.succeeded", requestId: req.id, userId: user.id, method: "email-otp" });
    return { isNew: true, ...(assurance === "limited" && { assurance }) };
  }
}
