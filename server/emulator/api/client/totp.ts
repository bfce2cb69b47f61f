import { createHmac } from "node:crypto";
import {
  addAuthenticator,
  enrolledAuthenticators,
  requireEnrollmentScope,
} from "../../domain/authenticator-rules.ts";
import { clientView } from "../../domain/authenticator-view.ts";
import { decodeBase32, encodeBase32 } from "../../domain/base32.ts";
import { requirePermitted } from "../../domain/permitted-methods.ts";
import { completeAction } from "../../domain/tracked-actions.ts";
import { sameText } from "../../tenant/callers.ts";
import type { UserAuthenticator } from "../../tenant/records.ts";
import { requiredText } from "../../wire/input.ts";
import type { Json } from "../../wire/wire.ts";
import type { TokenCall } from "../api-operation.ts";

const stepSeconds = 30;

/** `POST /client/user-authenticators/totp` (protocol 5.9): a secret for an authenticator app, as text and as a URI. */
export function beginTotpEnrollment({ tenant, token }: TokenCall): Json {
  requireEnrollmentScope(tenant, token, "AUTHENTICATOR_APP");
  const totpSecret = encodeBase32(tenant.random.bytes(20));
  const { userId } = token;
  const { userAuthenticatorId } = addAuthenticator(tenant, {
    userId,
    verificationMethod: "AUTHENTICATOR_APP",
    totpSecret,
    expiresAt: tenant.expiry(),
  });
  const issuer = tenant.settings.rpName;
  const label = encodeURIComponent(`${issuer}:${tenant.state.users.get(userId)?.email ?? userId}`);
  const query = new URLSearchParams({ secret: totpSecret, issuer });
  return { uri: `otpauth://totp/${label}?${query}`, secret: totpSecret, userAuthenticatorId, userId };
}

/** `POST /client/verify/totp`: RFC 6238 with one step of tolerance; each code works once. */
export function verifyTotp({ tenant, token, body, note }: TokenCall): Json {
  const code = requiredText(body, "verificationCode", 16);
  const { userId } = token;
  if (!tenant.limits.verify("AUTHENTICATOR_APP", userId)) {
    return { isVerified: false, failureReason: "MAX_ATTEMPTS_EXCEEDED" };
  }
  const now = tenant.clock.now();
  const apps = tenant.state.userAuthenticators
    .where("userId", userId)
    .filter((one) => one.verificationMethod === "AUTHENTICATOR_APP" && (one.expiresAt ?? Infinity) > now)
    .reverse();
  for (const app of apps) {
    const totpStep = matchingStep(app, code, now);
    if (totpStep === undefined) continue;
    const isNew = app.verifiedAt === undefined;
    if (isNew) requireEnrollmentScope(tenant, token, "AUTHENTICATOR_APP");
    else requirePermitted(tenant, token.actionCode, "AUTHENTICATOR_APP");
    const isDefault = app.isDefault || enrolledAuthenticators(tenant, userId).length === 0;
    const used = {
      ...app,
      totpStep,
      isDefault,
      verifiedAt: app.verifiedAt ?? now,
      lastVerifiedAt: now,
      expiresAt: undefined,
    };
    tenant.state.userAuthenticators.put(used.userAuthenticatorId, used);
    const accessToken = completeAction(tenant, { ...token, authenticator: used });
    return { isVerified: true, accessToken, userAuthenticator: isNew ? clientView(used) : undefined };
  }
  note(
    apps.length === 0
      ? "the user has no authenticator app"
      : "the code is wrong, too old, or was used before",
  );
  return { isVerified: false, failureReason: "CODE_INVALID_OR_EXPIRED" };
}

function matchingStep(app: UserAuthenticator, code: string, now: number): number | undefined {
  const current = Math.floor(now / 1000 / stepSeconds);
  const { totpStep: spent = -1 } = app;
  // A step that is still to come was spent before a test set the clock back: it rules out none of today's.
  const isUnspent = (step: number) => step > spent || spent > current + 1;
  return [current, current - 1, current + 1].find(
    (step) => isUnspent(step) && sameText(totpCode(app.totpSecret ?? "", step), code),
  );
}

/** RFC 4226 5.3 over the time step. */
function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", decodeBase32(secret)).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
