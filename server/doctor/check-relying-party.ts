/**
 * Checks the RP ID, the expected origins, and whether tenant id and secret belong to one tenant. Only a registration shows
 * the last two: a user named `doctor-…` registers a passkey at each origin and is then deleted.
 */
import { z } from "zod";
import { startChallenge } from "./check-authsignal.ts";
import { type CheckResult, failed, passed, portal, unknown } from "./check-result.ts";
import { basicAuthorization, sendRequest } from "./http-request.ts";
import { type Expected, registerTrial, type Trial, withTrialUser } from "./trial-registration.ts";

/** Requests a browser's authentication options. Changes nothing. */
export async function checkRelyingParty({ tenant, rpId }: Expected): Promise<CheckResult> {
  const { tenantId, apiUrl } = tenant;
  const begun = await startChallenge(apiUrl, tenantId);
  const reply = await sendRequest(`${apiUrl}/client/user-authenticators/passkey/authentication-options`, {
    method: "POST",
    authorization: basicAuthorization(tenantId),
    body: { challengeId: begun.kind === "answered" ? begun.body.challengeId : undefined },
  });
  const answered = z
    .object({ options: z.object({ rpId: z.string() }) })
    .safeParse(reply.kind === "answered" ? reply.body : null);
  if (!answered.success) {
    return failed(
      "Authsignal gives no passkey options to this tenant: passkeys are not set up.",
      `Set up and activate passkeys, with the Relying Party ID ${rpId} (${portal.passkey}).`,
    );
  }
  const theirs = answered.data.options.rpId;
  if (theirs === rpId) return passed(`The relying party ID is ${rpId}, here and in the portal.`);
  return failed(
    `RP_ID is ${rpId}, but the tenant's Relying Party ID is ${theirs}.`,
    `Write RP_ID=${theirs}, or change it in the portal, as long as there are no passkeys yet (${portal.relyingParty}). For localhost create a separate tenant.`,
  );
}

/** Runs one registration for each origin. */
export async function checkOrigins(expected: Expected): Promise<readonly CheckResult[]> {
  const { tenant, origins } = expected;
  return withTrialUser(tenant, async (user) => {
    const results: CheckResult[] = [];
    for (const origin of origins) {
      const isOwn = (token: string) => checkOwner(token, tenant.tenantId) === null;
      const trial = await registerTrial(expected, user, { origin, isUserVerified: true, isOwn });
      const ownerResult = trial.token === null ? null : checkOwner(trial.token, tenant.tenantId);
      if (ownerResult !== null) return [ownerResult];
      results.push(toResult(origin, trial));
    }
    return results;
  });
}

function toResult(origin: string, { outcome, token }: Trial): CheckResult {
  if (outcome === "unknown") {
    const remedy = token === null ? "Run the doctor again." : `Check ${portal.origins}.`;
    return unknown(`Whether ${origin} is expected could not be checked.`, remedy);
  }
  if (outcome === "accepted") return passed(`Passkeys made at ${origin} are accepted.`);
  return failed(
    `A passkey made at ${origin} is refused: it is not among the tenant's expected origins.`,
    `Add ${origin}, with scheme and port and without a slash at the end (${portal.origins}).`,
  );
}

/** Compares the tenant that the token names. Does not check the signature: nothing is granted on it. */
function checkOwner(token: string, tenantId: string): CheckResult | null {
  const claims = z
    .object({ other: z.object({ tenantId: z.string() }) })
    .safeParse(toJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
  if (!claims.success || claims.data.other.tenantId === tenantId) return null;
  return failed(
    "AUTHSIGNAL_TENANT_ID and AUTHSIGNAL_API_SECRET_KEY belong to two different tenants.",
    `Copy both from the same tenant (${portal.keys}).`,
  );
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
