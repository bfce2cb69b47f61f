/** One-time codes by e-mail: sends one within the limits, and has Authsignal check and accept it once. */
import { randomUUID } from "node:crypto";
import type { Request, Response } from "express";
import { AppError } from "../../../http/errors.ts";
import { sha256 } from "../../../http/hash.ts";
import { languageOf } from "../../../http/headers/language.ts";
import { unlessOut } from "../../../http/outages.ts";
import { beyondRequest } from "../../../http/request-deadline.ts";
import { type OtpCheck, type SentOtp, Unanswered } from "../../ports/authsignal.ts";
import { maskEmail } from "../../ports/email-address.ts";
import type { OtpRefusal } from "../../ports/events.ts";
import { nameChallenge } from "../../ports/occasion.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import type { PendingOtp } from "../../ports/sessions.ts";
import { refuseFor } from "../rate-limits.ts";
import { createCodeLimits } from "./code-limits.ts";
import { createDecoy } from "./decoy.ts";

/** Wrong codes per challenge (requirement S13). */
const maxAttempts = 5;
/** Seconds until asking again sends another mail. */
const resendAfterSeconds = 30;
/** How long a used code is remembered after it has expired, for clocks that differ. */
const rememberMs = 24 * 60 * 60 * 1000;

export interface OneTimeCodes {
  /** Sends a code, or pretends to. @param action what Authsignal records it as */
  send(req: Request, request: { readonly email: string; readonly action: string }): Promise<PendingOtp>;
  /**
   * @returns the address that the code was sent to, by Authsignal's own record
   * @throws AppError otp_incorrect, otp_expired, otp_attempts_exceeded, rate_limited
   */
  prove(req: Request, pending: PendingOtp, code: string): Promise<string>;
  /** Runs this for one of several parallel requests, even if Authsignal accepts the code for each of them. */
  acceptOnce<Value>(req: Request, pending: PendingOtp, run: () => Promise<Value>): Promise<Value>;
  /** Forgets the address of a right code that opens nothing. Using one up does that by itself. */
  forget(pending: PendingOtp): Promise<void>;
  /** After a right code: forgives the wrong ones, and makes this browser and network known for the address. */
  complete(req: Request, res: Response, email: string): Promise<void>;
}

export function createOneTimeCodes(context: PasskeysContext): OneTimeCodes {
  const { authsignal, storage, onEvent, now } = context;
  const limits = createCodeLimits(context);
  const decoy = createDecoy(now);

  return { send, prove, acceptOnce, forget, complete: limits.complete };

  async function send(
    req: Request,
    request: { readonly email: string; readonly action: string },
  ): Promise<PendingOtp> {
    const { email } = request;
    const { verdict, giveBack } = await limits.spendSend(req, email);
    const startedAt = performance.now();
    if (verdict === "ignore") return { ...(await decoy.pretend(null)), email, sentAt: now() };
    const sent = await (verdict === "send" ? sendWithinLimits(req, request) : sendNothing()).catch(
      async (error: unknown) => {
        if (!(error instanceof Unanswered)) await unlessOut(giveBack(), undefined);
        throw error;
      },
    );
    if (sent === null) {
      const pretended = await decoy.pretend(startedAt);
      nameChallenge(req, pretended.challengeId);
      onEvent({ event: "otp.withheld", requestId: req.id, to: maskEmail(email) });
      return { ...pretended, email, sentAt: now() };
    }
    nameChallenge(req, sent.challengeId);
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
  function sendWithinLimits(
    req: Request,
    request: { readonly email: string; readonly action: string },
  ): Promise<SentOtp | null> {
    const locale = languageOf(req);
    const sending = { ...request, idempotencyKey: randomUUID(), locale };
    return decoy.observe(() => authsignal.sendEmailOtp(sending)).catch(unlessRateLimited);
  }

  async function prove(req: Request, pending: PendingOtp, code: string): Promise<string> {
    const tries = await limits.triesOf(req, pending.email, maxAttempts);
    const { challengeId, expiresAt } = pending;
    nameChallenge(req, challengeId);
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
    if (checked.outcome === "verified") return checked.email;
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

  async function acceptOnce<Value>(
    req: Request,
    { challengeId, expiresAt }: PendingOtp,
    run: () => Promise<Value>,
  ): Promise<Value> {
    const identity = sha256(JSON.stringify({ challengeId }));
    if (!(await storage.flows.consumeToken(identity, new Date(expiresAt.getTime() + rememberMs)))) {
      onEvent({ event: "otp.refused", requestId: req.id, reason: "already-used" });
      // This request may have kept it after the one that signed in forgot it.
      await forget({ challengeId });
      throw new AppError("otp_expired");
    }
    const value = await run().catch(async (error: unknown) => {
      await unlessOut(
        beyondRequest(() => storage.flows.releaseToken(identity)),
        undefined,
      );
      throw error;
    });
    await forget({ challengeId });
    return value;
  }

  /** The address of a used code is kept no longer than it is needed. In an outage it goes when the code has expired. */
  async function forget({ challengeId }: Pick<PendingOtp, "challengeId">): Promise<void> {
    await unlessOut(storage.flows.keepAcceptedCode(challengeId, null), undefined);
  }
}

function unlessRateLimited(error: unknown): null {
  if (error instanceof AppError && error.code === "rate_limited") return null;
  throw error;
}

/** Seconds until asking again sends another mail. */
export function secondsUntilResend({ sentAt, expiresAt }: PendingOtp, now: Date): number {
  const resendAt = Math.min(sentAt.getTime() + resendAfterSeconds * 1000, expiresAt.getTime());
  return Math.max(0, Math.ceil((resendAt - now.getTime()) / 1000));
}
