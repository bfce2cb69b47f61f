/** Begin: send a code. Finish: check it, claim the challenge for the user, start the session. */
import { randomUUID } from "node:crypto";
import { actions } from "../../shared/actions.ts";
import {
  ChallengeOtpRequest,
  type ChallengeOtpResponse,
  type SignedInResponse,
  VerifyOtpRequest,
} from "../../shared/contract.ts";
import { AppError } from "../errors.ts";
import type { PendingOtp } from "../session/session-port.ts";
import { maskEmail, normaliseEmail } from "../users/email-address.ts";
import { acceptToken } from "./accept-token.ts";
import { type Operation, operation } from "./operation.ts";
import type { PasskeysRouterOptions } from "./options.ts";

/** Wrong codes per challenge (OWASP ASVS 6.6; requirement S13). */
const maxAttempts = 5;
/** Seconds until asking again sends another mail. */
const resendAfterSeconds = 30;

export function otpSignIn(options: PasskeysRouterOptions): { challengeOtp: Operation; verifyOtp: Operation } {
  const { authsignal, sessions, users, store, onEvent = () => {}, now = () => new Date() } = options;

  /** Asking again at once, with a double click or Back, sends nothing: the code on its way still works. */
  const stillFresh = (pending: PendingOtp | null, email: string): pending is PendingOtp =>
    pending !== null && pending.email === email && secondsUntilResend(pending, now()) > 0;

  const challengeOtp = operation({
    body: ChallengeOtpRequest,
    async handle({ req, res, body }) {
      const email = normaliseEmail(body.email);
      let pending = await sessions.pendingOtp(req);
      if (!stillFresh(pending, email)) {
        const sent = await authsignal.sendEmailOtp({
          email,
          action: actions.signInWithEmail,
          idempotencyKey: randomUUID(),
        });
        pending = { ...sent, email, sentAt: now() };
        await sessions.keepPendingOtp(req, res, pending);
        onEvent({ event: "otp.sent", requestId: req.id, to: maskEmail(email) });
      }
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
      const pending = await sessions.pendingOtp(req);
      if (pending === null) throw new AppError("otp_not_requested");
      const { challengeId } = pending;
      const refuse = (reason: "incorrect" | "expired" | "attempts-exceeded") =>
        onEvent({ event: "otp.refused", requestId: req.id, reason });

      if (pending.expiresAt <= now()) {
        refuse("expired");
        throw new AppError("otp_expired");
      }
      // Counted before the code is looked at, so that parallel guesses cannot share one try.
      const attempt = await store.countOtpAttempt(challengeId, pending.expiresAt);
      if (attempt > maxAttempts) {
        refuse("attempts-exceeded");
        throw new AppError("otp_attempts_exceeded");
      }
      const check = await authsignal.checkEmailOtp({ challengeId, code: body.code });
      if (
        check.outcome === "too-many-attempts" ||
        (check.outcome !== "verified" && attempt === maxAttempts)
      ) {
        refuse("attempts-exceeded");
        throw new AppError("otp_attempts_exceeded");
      }
      if (check.outcome !== "verified") {
        refuse("incorrect");
        throw new AppError("otp_incorrect", { extras: { attemptsLeft: maxAttempts - attempt } });
      }

      const user = await users.findOrCreateByEmail(check.email);
      const { token } = await authsignal.claim({ challengeId, userId: user.id });
      await acceptToken(options, { token, action: actions.signInWithEmail, userId: user.id }, (reason) =>
        onEvent({ event: "sign_in.refused", requestId: req.id, reason }),
      );
      await sessions.start(req, res, { userId: user.id, method: "email-otp" });
      onEvent({ event: "sign_in.succeeded", requestId: req.id, userId: user.id, method: "email-otp" });
      const answer: SignedInResponse = { user };
      return { status: 200, body: answer };
    },
  });

  return { challengeOtp, verifyOtp };
}

function secondsUntilResend({ sentAt, expiresAt }: PendingOtp, now: Date): number {
  const resendAt = Math.min(sentAt.getTime() + resendAfterSeconds * 1000, expiresAt.getTime());
  return Math.max(0, Math.ceil((resendAt - now.getTime()) / 1000));
}
