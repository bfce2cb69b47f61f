/** Checks reachability, clock, region, tenant id and secret. Changes nothing at Authsignal. */
import type { TenantConfig } from "../config/config.ts";
import { type CheckResult, failed, passed, portal } from "./check-result.ts";
import { basicAuthorization, type Reply, sendRequest } from "./http-request.ts";

/** Authsignal's API bases. A tenant is in exactly one of them. */
export const regions: readonly string[] = [
  "https://api.authsignal.com/v1",
  "https://au.api.authsignal.com/v1",
  "https://eu.api.authsignal.com/v1",
  "https://ca.api.authsignal.com/v1",
];

/** Authsignal's tokens are valid for ten minutes by default and checked to the second. */
const allowedSkewSeconds = 30;

export interface AuthsignalCheck {
  readonly results: readonly CheckResult[];
  /** Whether tenant id and secret both work. The checks that need them run only then. */
  readonly isUsable: boolean;
}

export async function checkAuthsignal(
  tenant: TenantConfig,
  { now, otherRegions }: { readonly now: () => Date; readonly otherRegions: readonly string[] },
): Promise<AuthsignalCheck> {
  const { tenantId, apiSecretKey, apiUrl } = tenant;
  const byTenantId = await startChallenge(apiUrl, tenantId);
  if (byTenantId.kind === "failed") {
    const message = `AUTHSIGNAL_API_URL ${apiUrl} cannot be reached: ${byTenantId.reason}.`;
    const remedy = `Compare it with your region's URL (${portal.keys}), and allow this machine to reach it over https.`;
    return { results: [failed(message, remedy)], isUsable: false };
  }
  const bySecret = await sendRequest(`${apiUrl}/users/doctor`, {
    authorization: basicAuthorization(apiSecretKey),
  });
  if (!isChallenge(byTenantId) && !isRefusal(byTenantId)) {
    const message = `${apiUrl} answers ${byTenantId.status}, but not as Authsignal's API does.`;
    const remedy = `Write your region's URL into AUTHSIGNAL_API_URL: it is shown in the ${portal.keys}.`;
    return { results: [failed(message, remedy)], isUsable: false };
  }
  const tenantResult = await checkTenantId(tenant, byTenantId, otherRegions);
  const secretResult = checkSecret(bySecret, tenantResult.status === "passed");
  return {
    results: [
      passed(`Authsignal answers at ${apiUrl}.`),
      checkClock(byTenantId.date, now()),
      tenantResult,
      secretResult,
    ],
    isUsable: tenantResult.status === "passed" && secretResult.status === "passed",
  };
}

/** The request of a browser before a sign-in, authorised by the tenant id alone. */
export function startChallenge(apiUrl: string, tenantId: string): Promise<Reply> {
  return sendRequest(`${apiUrl}/client/challenge`, {
    method: "POST",
    authorization: basicAuthorization(tenantId),
    body: { action: "sign-in-with-passkey" },
  });
}

function isRefusal(reply: Reply): boolean {
  return reply.kind === "answered" && (reply.status === 401 || reply.status === 403);
}

export function isChallenge(reply: Reply): boolean {
  return reply.kind === "answered" && typeof reply.body.challengeId === "string";
}

async function checkTenantId(
  { tenantId, apiUrl }: TenantConfig,
  reply: Reply,
  otherRegions: readonly string[],
): Promise<CheckResult> {
  if (isChallenge(reply)) return passed("AUTHSIGNAL_TENANT_ID is known there.");
  const asked = otherRegions.filter((one) => one !== apiUrl);
  let unreachable = 0;
  // The other regions get the tenant id only, which is public.
  for (const region of asked) {
    const theirs = await startChallenge(region, tenantId);
    if (theirs.kind === "failed") unreachable += 1;
    if (!isChallenge(theirs)) continue;
    return failed(
      `Your tenant is not in the region of AUTHSIGNAL_API_URL ${apiUrl}, but in ${region}.`,
      `Write AUTHSIGNAL_API_URL=${region}.`,
    );
  }
  return failed(
    `AUTHSIGNAL_TENANT_ID is unknown at ${apiUrl}${elsewhere(asked.length, unreachable)}.`,
    `Copy the tenant id again (${portal.keys}).`,
  );
}

function elsewhere(asked: number, unreachable: number): string {
  if (asked === 0) return "";
  if (unreachable === 0) return ", and in every other region";
  return unreachable === asked
    ? "; the other regions could not be reached"
    : ", and in the other regions, of which some could not be reached";
}

function checkSecret(reply: Reply, tenantIsKnown: boolean): CheckResult {
  if (reply.kind === "failed")
    return failed(`The Server API cannot be reached: ${reply.reason}.`, "Run the doctor again.");
  if (reply.status === 200) return passed("AUTHSIGNAL_API_SECRET_KEY is accepted.");
  if (reply.status === 401 || reply.status === 403) {
    return failed(
      tenantIsKnown
        ? "AUTHSIGNAL_API_SECRET_KEY is refused, although the tenant is in this region: it is mistyped, revoked, or of another tenant."
        : "AUTHSIGNAL_API_SECRET_KEY is refused there.",
      `Copy the API secret key again (${portal.keys}), or make a new one there.`,
    );
  }
  return failed(
    `The Server API answers ${reply.status}.`,
    "Run the doctor again. If it stays so, look at status.authsignal.com.",
  );
}

function checkClock(theirs: Date | null, ours: Date): CheckResult {
  if (theirs === null) return passed("Authsignal's answers have no Date header; the clock was not compared.");
  const skew = Math.round((ours.getTime() - theirs.getTime()) / 1000);
  if (Math.abs(skew) <= allowedSkewSeconds) return passed("This machine's clock is right.");
  const direction = skew > 0 ? "ahead" : "behind";
  return failed(
    `This machine's clock is ${Math.abs(skew)} seconds ${direction}: codes and tokens would expire too ${skew > 0 ? "early" : "late"}.`,
    "Switch on time synchronisation (NTP) on this machine.",
  );
}
