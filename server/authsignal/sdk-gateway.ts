/**
 * Implements the gateway with `@authsignal/node`, and works around the SDK: it puts ids into paths unencoded, its errors
 * contain the API secret, it installs a retry interceptor on the global axios, it has no time-out, and it sends requests to
 * this machine through HTTP_PROXY.
 */
import { Authsignal } from "@authsignal/node";
import { z } from "zod";
import { AppError } from "../http/errors.ts";
import { traceHeaders } from "../http/tracing.ts";
import type { AuthsignalGateway, OtpCheck, Validation } from "../passkeys/ports/authsignal.ts";
import { isLoopback } from "../relying-party/addresses.ts";
import {
  AuthenticatorsAnswer,
  ChallengeAnswer,
  TrackAnswer,
  ValidateAnswer,
  VerifyAnswer,
} from "./answer-schemas.ts";
import { type KeptConnections, keepConnections } from "./kept-connections.ts";
import { toPasskey } from "./passkey-answer.ts";
import { proxyHint } from "./proxy-variables.ts";
import { checkGatewayOptions, type SdkGatewayOptions } from "./require-tenant.ts";
import { createCaller, RefusedCall } from "./sdk-call.ts";
import { readWebhookEvent } from "./webhook-event.ts";

/** @throws TypeError that names the option which cannot work, and what to write instead */
export function createSdkGateway(options: SdkGatewayOptions): AuthsignalGateway {
  checkGatewayOptions(options);
  const connections = keepConnections();
  const sdk = createSdk(options, connections);
  const call = createCaller({
    deadlineMs: options.deadlineMs ?? 5000,
    apiUrl: options.apiUrl,
    onCall: options.onCall ?? (() => {}),
    isLookingUp: connections.isLookingUp,
  });

  return {
    state: call.state,

    async sendEmailOtp({ email, action, idempotencyKey, locale }) {
      const request = { verificationMethod: "EMAIL_OTP", action, email, idempotencyKey } as const;
      const sent = await call("challenge", ChallengeAnswer, () =>
        sdk.challenge(locale === undefined ? request : { ...request, locale }),
      );
      return { challengeId: sent.challengeId, expiresAt: new Date(sent.expiresAt * 1000) };
    },

    async checkEmailOtp({ challengeId, code }): Promise<OtpCheck> {
      try {
        const answer = await call("verify", VerifyAnswer, () =>
          sdk.verify({ challengeId, verificationCode: code }),
        );
        if (answer.isVerified === true && answer.email !== undefined) {
          return { outcome: "verified", email: answer.email };
        }
        const tooMany = answer.failureReason === "MAX_ATTEMPTS_EXCEEDED";
        return { outcome: tooMany ? "too-many-attempts" : "incorrect-or-expired" };
      } catch (error) {
        // Authsignal no longer knows the challenge, so the code has expired.
        if (error instanceof RefusedCall) return { outcome: "incorrect-or-expired" };
        throw error;
      }
    },

    async beginAction({ userId, action, idempotencyKey, addAuthenticators, email, custom }) {
      const attributes = {
        idempotencyKey,
        ...(addAuthenticators === true ? { scope: "add:authenticators" } : {}),
        // No `username`: with it, anyone may ask Authsignal which passkeys a person has.
        ...(email === undefined ? {} : { email }),
        ...(custom === undefined ? {} : { custom: { ...custom } }),
      };
      const answer = await call("track", TrackAnswer, () =>
        sdk.track({ userId: pathSafe(userId), action: pathSafe(action), attributes }),
      );
      return {
        token: answer.token,
        permittedMethods: answer.allowedVerificationMethods,
        enrolledMethods: answer.enrolledVerificationMethods,
      };
    },

    async validate({ token, action, userId }) {
      const expectedUser = userId === null ? {} : { userId: pathSafe(userId) };
      try {
        const answer = await call("validateChallenge", ValidateAnswer, () =>
          sdk.validateChallenge({ token, action, ...expectedUser }),
        );
        const validation = toValidation(answer, action, userId);
        const expired = validation.outcome === "refused" && validation.state === null && hasExpired(token);
        return expired ? { outcome: "expired" } : validation;
      } catch (error) {
        if (!(error instanceof RefusedCall)) throw error;
        const expired = error.errorCode === "expired_token";
        return expired ? { outcome: "expired" } : { outcome: "refused", state: null };
      }
    },

    async listAuthenticators(userId) {
      const answer = await call("getAuthenticators", AuthenticatorsAnswer, () =>
        sdk.getAuthenticators({ userId: pathSafe(userId) }),
      ).catch(noneIfUnknownUser);
      const isPasskey = ({ verificationMethod }: (typeof answer)[number]) => verificationMethod === "PASSKEY";
      return {
        passkeys: answer
          .filter(isPasskey)
          .map(toPasskey)
          .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()),
        others: answer
          .filter((one) => !isPasskey(one))
          .map((one) => ({ id: one.userAuthenticatorId, method: one.verificationMethod })),
      };
    },

    async updateEmail({ userId, email }) {
      const request = { userId: pathSafe(userId), attributes: { email, emailVerified: true } };
      await call("updateUser", z.unknown(), () => sdk.updateUser(request));
    },

    async removeUser(userId) {
      await call("deleteUser", z.unknown(), () => sdk.deleteUser({ userId: pathSafe(userId) })).catch(
        noneIfUnknownUser,
      );
    },

    async removePasskey({ userId, passkeyId }) {
      await call("deleteAuthenticator", z.unknown(), () =>
        sdk.deleteAuthenticator({ userId: pathSafe(userId), userAuthenticatorId: pathSafe(passkeyId) }),
      );
    },

    readWebhook: (body, signature) => readWebhookEvent(sdk.webhook, body, signature),
  };
}

function createSdk({ apiSecretKey, apiUrl }: SdkGatewayOptions, { agents }: KeptConnections): Authsignal {
  // Without retries: the SDK repeats a dropped POST, which sends a second mail. Its interceptor is on the global axios, so an
  // instance with retries would add them to all others.
  const sdk = new Authsignal({ apiSecretKey, apiUrl, retries: 0 });
  // The SDK has no option for the connection, so the settings that each instance makes for its requests are wrapped; other
  // users of axios keep theirs.
  const settings: unknown = Reflect.get(sdk, "getRequestConfig");
  if (typeof settings !== "function")
    throw new Error("@authsignal/node has no getRequestConfig any more: its connections cannot be set.");
  const { hostname } = new URL(apiUrl);
  const withConnection = (): object => {
    const own: object = withTrace(Reflect.apply(settings, sdk, []));
    // A proxy on another machine cannot reach this one.
    if (isLoopback(hostname)) return { ...own, ...agents, proxy: false };
    return proxyHint(apiUrl) === "" ? { ...own, ...agents } : own;
  };
  return Object.assign(sdk, { getRequestConfig: withConnection });
}

/** Lets Authsignal and the proxies on the way continue the trace. */
function withTrace(settings: { readonly headers?: object }): object {
  return { ...settings, headers: { ...settings.headers, ...traceHeaders() } };
}

/**
 * Authsignal learns of a user with the first track call. For an unknown user it answers an empty list, which is not
 * documented; a 404 with an error code means the same.
 */
function noneIfUnknownUser(error: unknown): z.infer<typeof AuthenticatorsAnswer> {
  if (error instanceof RefusedCall && error.answered === 404 && error.errorCode !== "unknown") return [];
  throw error;
}

/** Succeeds only for `isValid` with CHALLENGE_SUCCEEDED, of the expected user and action. */
function toValidation(
  answer: z.infer<typeof ValidateAnswer>,
  action: string,
  userId: string | null,
): Validation {
  const state = answer.state ?? null;
  if (!answer.isValid || state !== "CHALLENGE_SUCCEEDED") {
    // For a mismatch Authsignal answers an `error` without a state; for an unfinished challenge, a state.
    const mismatch = answer.error !== undefined && state === null;
    return mismatch ? { outcome: "mismatch" } : { outcome: "refused", state };
  }
  if (answer.userId === undefined || answer.idempotencyKey === undefined)
    return { outcome: "refused", state };
  if (answer.action !== action || (userId !== null && answer.userId !== userId))
    return { outcome: "mismatch" };
  return {
    outcome: "succeeded",
    userId: answer.userId,
    action: answer.action,
    idempotencyKey: answer.idempotencyKey,
    verificationMethod: answer.verificationMethod ?? null,
  };
}

/**
 * Reads `exp` without a check of the signature, only to choose the message for a token that Authsignal has refused without
 * a reason. Nothing is granted on it.
 */
function hasExpired(token: string): boolean {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const exp = z.object({ exp: z.number() }).safeParse(claims);
    return exp.success && exp.data.exp * 1000 <= Date.now();
  } catch {
    return false;
  }
}

/** The SDK puts ids into URL paths unencoded, so `..` or `a/b` would address another resource. */
function pathSafe(value: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(value)) {
    throw new AppError("internal_error", {
      detail: "An id for Authsignal must match ^[A-Za-z0-9_-]{1,64}$.",
    });
  }
  return value;
}
