/** `POST /client/verify/totp`: RFC 6238 with one step of tolerance; each code works once. */
import { enrolledAuthenticators, requireEnrollmentScope } from "../../../domain/authenticator-rules.ts";
import { clientView } from "../../../domain/authenticator-view.ts";
import { requirePermitted } from "../../../domain/permitted-methods.ts";
import { matchingStep } from "../../../domain/totp.ts";
import { completeAction, failAction } from "../../../domain/tracked-actions.ts";
import { requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";

export async function verifyTotp({ tenant, token, body, note }: TokenCall): Promise<Json> {
  const code = requiredText(body, "verificationCode", 16);
  const { userId } = token;
  if (!tenant.limits.verify("AUTHENTICATOR_APP", userId)) {
    failAction(tenant, token);
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
    const accessToken = await completeAction(tenant, { ...token, authenticator: used });
    return { isVerified: true, accessToken, userAuthenticator: isNew ? clientView(used) : undefined };
  }
  note(
    apps.length === 0
      ? "the user has no authenticator app"
      : "the code is wrong, too old, or was used before",
  );
  return { isVerified: false, failureReason: "CODE_INVALID_OR_EXPIRED" };
}
