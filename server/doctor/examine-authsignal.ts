/** Reachability, clock, region, tenant id and secret: what can be asked without changing anything. */
import type { TenantConfig } from "../config/config.ts";
import { ask, basic, type Reply } from "./ask.ts";
import { bad, type Finding, good, portal } from "./finding.ts";

/** Where Authsignal is. A tenant lives in exactly one of them. */
export const regions: readonly string[] = [
  "https://api.authsignal.com/v1",
  "https://au.api.authsignal.com/v1",
  "https://eu.api.authsignal.com/v1",
];

/** Tokens live for ten minutes by default, and are checked to the second. */
const tolerableSkewSeconds = 30;

export interface AuthsignalExamination {
  readonly findings: readonly Finding[];
  /** Whether tenant id and secret both work: only then is it worth asking more. */
  readonly isUsable: boolean;
}

export async function examineAuthsignal(
  tenant: TenantConfig,
  { now, otherRegions }: { readonly now: () => Date; readonly otherRegions: readonly string[] },
): Promise<AuthsignalExamination> {
  const { tenantId, apiSecretKey, apiUrl } = tenant;
  const byTenantId = await introduce(apiUrl, tenantId);
  if (byTenantId.kind === "silent") {
    const message = `AUTHSIGNAL_API_URL ${apiUrl} cannot be reached: ${byTenantId.why}.`;
    const remedy = `Compare it with your region's URL (${portal.keys}), and let this machine out to it over https.`;
    return { findings: [bad(message, remedy)], isUsable: false };
  }
  const bySecret = await ask(`${apiUrl}/users/doctor`, { authorization: basic(apiSecretKey) });
  const tenantFinding = await judgeTenantId(tenant, byTenantId, otherRegions);
  const secretFinding = judgeSecret(bySecret, tenantFinding.verdict === "good");
  return {
    findings: [
      good(`Authsignal answers at ${apiUrl}.`),
      judgeClock(byTenantId.date, now()),
      tenantFinding,
      secretFinding,
    ],
    isUsable: tenantFinding.verdict === "good" && secretFinding.verdict === "good",
  };
}

/** As a browser does before anybody has signed in. */
export function introduce(apiUrl: string, tenantId: string): Promise<Reply> {
  return ask(`${apiUrl}/client/challenge`, {
    method: "POST",
    authorization: basic(tenantId),
    body: { action: "sign-in-with-passkey" },
  });
}

export function isWelcome(reply: Reply): boolean {
  return reply.kind === "answered" && typeof reply.body.challengeId === "string";
}

async function judgeTenantId(
  { tenantId, apiUrl }: TenantConfig,
  reply: Extract<Reply, { kind: "answered" }>,
  otherRegions: readonly string[],
): Promise<Finding> {
  if (isWelcome(reply)) return good("AUTHSIGNAL_TENANT_ID is known there.");
  if (reply.status !== 401 && reply.status !== 403) {
    return bad(
      `${apiUrl} answers ${reply.status}, but not as Authsignal's API does.`,
      `Write your region's URL into AUTHSIGNAL_API_URL: it is shown in the ${portal.keys}.`,
    );
  }
  // Only the tenant id is shown to the other regions: every visitor's browser knows it anyway.
  for (const region of otherRegions.filter((one) => one !== apiUrl)) {
    if (isWelcome(await introduce(region, tenantId))) {
      return bad(
        `Your tenant is not in the region of AUTHSIGNAL_API_URL ${apiUrl}, but in ${region}.`,
        `Write AUTHSIGNAL_API_URL=${region}.`,
      );
    }
  }
  return bad(
    `AUTHSIGNAL_TENANT_ID is unknown at ${apiUrl}, and in every other region.`,
    `Copy the tenant id again (${portal.keys}).`,
  );
}

function judgeSecret(reply: Reply, tenantIsKnown: boolean): Finding {
  if (reply.kind === "silent")
    return bad(`The Server API cannot be reached: ${reply.why}.`, "Run the doctor again.");
  if (reply.status === 200) return good("AUTHSIGNAL_API_SECRET_KEY is accepted.");
  if (reply.status === 401 || reply.status === 403) {
    return bad(
      tenantIsKnown
        ? "AUTHSIGNAL_API_SECRET_KEY is refused, although the tenant is in this region: it is mistyped, revoked, or another tenant's."
        : "AUTHSIGNAL_API_SECRET_KEY is refused there.",
      `Copy the API secret key again (${portal.keys}), or make a new one there.`,
    );
  }
  return bad(
    `The Server API answers ${reply.status}.`,
    "Look at status.authsignal.com, and run the doctor again.",
  );
}

function judgeClock(theirs: Date | null, ours: Date): Finding {
  if (theirs === null) return good("Authsignal does not tell its time; the clock was not compared.");
  const skew = Math.round((ours.getTime() - theirs.getTime()) / 1000);
  if (Math.abs(skew) <= tolerableSkewSeconds) return good("This machine's clock is right.");
  const direction = skew > 0 ? "ahead" : "behind";
  return bad(
    `This machine's clock is ${Math.abs(skew)} seconds ${direction}: codes and tokens would expire too ${skew > 0 ? "early" : "late"}.`,
    "Switch on time synchronisation (NTP) on this machine.",
  );
}
