/** Begin: send a code. Finish: have Authsignal check it, accept it once, start (or refresh) the session. */
import { randomUUID } from "node:crypto";
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
import { sha256 } from "../../http/hash.ts";
import { languageOf } from "../../http/headers/language.ts";
import { type Operation, operation } from "../../http/operation.ts";
import { unlessOut } from "../../http/outages.ts";
import { beyondRequest } from "../../http/request-deadline.ts";
import { type OtpCheck, type SentOtp, Unanswered } from "../ports/authsignal.ts";
import { maskEmail, normaliseEmail } from "../ports/email-address.ts";
import type { OtpRefusal } from "../ports/events.ts";
import type { CodePorts, PasskeysContext } from "../ports/options.ts";
import type { PendingOtp } from "../ports/sessions.ts";
import { assuranceAfterCode, standingOf } from "./assurance/standing.ts";
import { createCodeLimits, type Tries } from "./code-limits.ts";
import { createDecoy } from "./decoy.ts";
import { tellOfNewBrowser } from "./oversight/tell.ts";
import { shouldOffer } from "./passkey-offer.ts";
import { refuseFor } from "./rate-limits.ts";

/** Wrong codes per challenge (requirement S13). */
const maxAttempts = 5;
/** Seconds until asking again sends another mail. */
const resendAfterSeconds = 30;

const deadCode: ReadonlySet<ProblemCode> = new Set(["otp_expired", "otp_attempts_exceeded", "no_account"]);

/** How long a used code is remembered after it has expired, for clocks that differ. */
const rememberMs = 24 * 60 * 60 * 1000;

export function otpSignIn(
  context: PasskeysContext,
  codes: CodePorts,
): { challengeOtp: Operation; verifyOtp: Operation } {
  const { authsignal, sessions, storage, onEvent, now } = context;
  const limits = createCodeLimits(context);
  const decoy = createDecoy(now);

  const challengeOtp = operation({
    body: ChallengeOtpRequest,
    async handle({ req, res, body }) {
      const email = normaliseEmail(body.email);
      const current = await codes.pendingOtp(req);
      // Asking again at once, by a double click or Back, sends nothing: the code on its way still works.
      const fresh = current?.email === email && secondsUntilResend(current, now()) > 0;
      const pending = fresh ? current : await send(req, email);
      if (!fresh) await codes.keepPendingOtp(req, res, pending);
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
      const pending = await codes.pendingOtp(req);
      if (pending === null) throw new AppError("otp_not_requested");
      const tries = await limits.triesOf(req, pending.email, maxAttempts);
      try {
        const user = await proveAddress(req, pending, { code: body.code, tries });
        const { isNew, ...limited } = await acceptOnce(req, pending, () => signIn(req, res, user));
        if (isNew) await tellOfNewBrowser(context, { req, res, user });
        // After the notice, which asks whether this browser was known before.
        await unlessOut(limits.complete(req, res, pending.email), undefined);
        const { passkeyFailed = false } = body;
        const mayOffer = isNew && limited.assurance === undefined;
        const offerPasskey = mayOffer && (await shouldOffer(context, req, user.id, { passkeyFailed }));
        const answer: SignedInResponse = { user, offerPasskey, ...limited };
        return { status: 200, body: answer };
      } catch (error) {
        // With a dead code the person may ask for a new one at once.
        if (error instanceof AppError && deadCode.has(error.code)) await codes.keepPendingOtp(req, res, null);
        throw error;
      }
    },
  });

  return { challengeOtp, verifyOtp };

  async function send(req: Request, email: string): Promise<PendingOtp> {
    const { verdict, giveBack } = await limits.spendSend(req, email);
    const startedAt = performance.now();
    if (verdict === "ignore") return { ...(await decoy.pretend(null)), email, sentAt: now() };
    const sent = await (verdict === "send" ? sendWithinLimits(req, email) : sendNothing()).catch(
      async (error: unknown) => {
        if (!(error instanceof Unanswered)) await unlessOut(giveBack(), undefined);
        throw error;
      },
    );
    if (sent === null) {
      onEvent({ event: "otp.withheld", requestId: req.id, to: maskEmail(email) });
      return { ...(await decoy.pretend(startedAt)), email, sentAt: now() };
    }
    onEvent({ event: "otp.sent", requestId: req.id, to: maskEmail(email) });
    return { ...sent, email, sentAt: now() };
  }

  /**
   * Asks Authsignal about a code that was never sent, so that an outage is a 503 for a throttled address too. With the
   * usual answer it could be told apart from others (S18), and a 202 would promise a mail (S37).
   */
  async function sendNothing(): Promise<null> {
    await authsignal.checkEmailOtp({ challengeId: randomUUID(), code: "000000" }).catch(unlessRateLimited);
    return null;
  }

  /** Null when Authsignal has sent this address enough: its limits are as silent as ours. */
  function sendWithinLimits(req: Request, email: string): Promise<SentOtp | null> {
    const locale = languageOf(req);
    const request = { email, action: actions.signInWithEmail, idempotencyKey: randomUUID(), locale };
    return decoy.observe(() => authsignal.sendEmailOtp(request)).catch(unlessRateLimited);
  }

  /**
   * From a code to the user who owns the address, or a problem. Authsignal's answer names the proven address.
   */
  async function proveAddress(
    req: Request,
    pending: PendingOtp,
    { code, tries }: { readonly code: string; readonly tries: Tries },
  ): Promise<User> {
    const { challengeId, expiresAt } = pending;
    const refuse = (reason: OtpRefusal) => onEvent({ event: "otp.refused", requestId: req.id, reason });
    if (expiresAt <= now()) {
      refuse("expired");
      throw new AppError("otp_expired");
    }
    // Counted before the code is looked at, so that parallel guesses cannot share one try.
    const attempt = await storage.flows.countOtpAttempt(challengeId, expiresAt);
    if (attempt > tries.most) refuseFor(tries.retryAfter);
    const checked =
      attempt > maxAttempts
        ? ({ outcome: "too-many-attempts" } as const)
        : await check(challengeId, code, attempt);
    if (checked.outcome === "verified") {
      const user = await codes.findOrCreateByEmail(checked.email);
      if (user !== null) return user;
      // Only who reads the mailbox learns this: until the right code every address gets the same answers.
      onEvent({ event: "sign_in.refused", requestId: req.id, reason: "no-account" });
      throw new AppError("no_account");
    }
    await limits.chargeFailure(req, pending.email);
    if (checked.outcome === "too-many-attempts" || attempt === maxAttempts) {
      refuse("attempts-exceeded");
      throw new AppError("otp_attempts_exceeded");
    }
    refuse("incorrect");
    throw new AppError("otp_incorrect", { extras: { attemptsLeft: maxAttempts - attempt } });
  }

  /**
   * Authsignal accepts a code once. What it has said is kept, also when the request's time is over by then: if the
   * sign-in fails after this, the person enters the same code again.
   */
  async function check(challengeId: string, code: string, attempt: number): Promise<OtpCheck> {
    const { flows } = storage;
    const codeHash = sha256(JSON.stringify({ challengeId, code }));
    const email = attempt === 1 ? null : await flows.acceptedAddress(challengeId, codeHash);
    if (email !== null) return { outcome: "verified", email };
    const checked = await authsignal.checkEmailOtp({ challengeId, code });
    if (checked.outcome === "verified")
      await beyondRequest(() => flows.keepAcceptedCode(challengeId, { codeHash, email: checked.email }));
    return checked;
  }

  /** One of several parallel requests signs in, even if Authsignal accepts the code for each of them. */
  async function acceptOnce<Value>(
    req: Request,
    { challengeId, expiresAt }: PendingOtp,
    run: () => Promise<Value>,
  ): Promise<Value> {
    const identity = sha256(JSON.stringify({ challengeId }));
    if (!(await storage.flows.consumeToken(identity, new Date(expiresAt.getTime() + rememberMs)))) {
      onEvent({ event: "otp.refused", requestId: req.id, reason: "already-used" });
      throw new AppError("otp_expired");
    }
    return run().catch(async (error: unknown) => {
      await unlessOut(
        beyondRequest(() => storage.flows.releaseToken(identity)),
        undefined,
      );
      throw error;
    });
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

function unlessRateLimited(error: unknown): null {
  if (error instanceof AppError && error.code === "rate_limited") return null;
  throw error;
}

function secondsUntilResend({ sentAt, expiresAt }: PendingOtp, now: Date): number {
  const resendAt = Math.min(sentAt.getTime() + resendAfterSeconds * 1000, expiresAt.getTime());
  return Math.max(0, Math.ceil((resendAt - now.getTime()) / 1000));
}
