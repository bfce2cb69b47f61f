/**
 * Relying party, expected origins, and whether tenant id and secret belong together. The last two can only be
 * tried: a user named `doctor-…` gets a passkey from our origin, and is deleted with it.
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { TenantConfig } from "../config/config.ts";
import { ask, basic } from "./ask.ts";
import { introduce } from "./examine-authsignal.ts";
import { bad, type Finding, good, portal, unknown } from "./finding.ts";
import { createTrialPasskey } from "./trial-passkey.ts";

export interface Expected {
  readonly tenant: TenantConfig;
  readonly rpId: string;
  /** Every origin that people open the app at. */
  readonly origins: readonly string[];
}

/** Asks as a browser does before a sign-in. Changes nothing. */
export async function examineRelyingParty({ tenant, rpId }: Expected): Promise<Finding> {
  const { tenantId, apiUrl } = tenant;
  const begun = await introduce(apiUrl, tenantId);
  const reply = await ask(`${apiUrl}/client/user-authenticators/passkey/authentication-options`, {
    method: "POST",
    authorization: basic(tenantId),
    body: { challengeId: begun.kind === "answered" ? begun.body.challengeId : undefined },
  });
  const answered = z
    .object({ options: z.object({ rpId: z.string() }) })
    .safeParse(reply.kind === "answered" ? reply.body : null);
  if (!answered.success) {
    return bad(
      "Authsignal gives no passkey options to this tenant: passkeys are not set up.",
      `Set up and activate passkeys, with the Relying Party ID ${rpId} (${portal.passkey}).`,
    );
  }
  const theirs = answered.data.options.rpId;
  if (theirs === rpId) return good(`The relying party ID is ${rpId}, here and in the portal.`);
  return bad(
    `RP_ID is ${rpId}, but the tenant's Relying Party ID is ${theirs}.`,
    `Write RP_ID=${theirs}, or set the other in the portal while there are no passkeys yet (${portal.relyingParty}). For localhost make a tenant of its own.`,
  );
}

/** Tries one registration per origin. */
export async function tryOrigins({ tenant, rpId, origins }: Expected): Promise<readonly Finding[]> {
  const userId = `doctor-${randomUUID()}`;
  const secret = basic(tenant.apiSecretKey);
  const user = `${tenant.apiUrl}/users/${userId}`;
  try {
    const findings: Finding[] = [];
    for (const origin of origins) {
      const tracked = await ask(`${user}/actions/enroll-passkey`, {
        method: "POST",
        authorization: secret,
        body: { idempotencyKey: randomUUID(), scope: "add:authenticators" },
      });
      const token = tracked.kind === "answered" ? tracked.body.token : undefined;
      if (typeof token !== "string") {
        findings.push(unknown(`Whether ${origin} is expected could not be tried.`, "Run the doctor again."));
        continue;
      }
      const stranger = judgeOwner(token, tenant.tenantId);
      if (stranger !== null) return [stranger];
      findings.push(await tryOrigin(tenant.apiUrl, token, rpId, origin));
    }
    return findings;
  } finally {
    await ask(user, { method: "DELETE", authorization: secret });
  }
}

async function tryOrigin(apiUrl: string, token: string, rpId: string, origin: string): Promise<Finding> {
  const path = `${apiUrl}/client/user-authenticators/passkey`;
  const authorization = `Bearer ${token}`;
  const begun = await ask(`${path}/registration-options`, {
    method: "POST",
    authorization,
    origin,
    body: {},
  });
  const options = z
    .object({ challengeId: z.string(), options: z.object({ challenge: z.string() }) })
    .safeParse(begun.kind === "answered" ? begun.body : null);
  if (!options.success)
    return unknown(`Whether ${origin} is expected could not be tried.`, `Look at ${portal.origins}.`);
  const { challengeId } = options.data;
  const registrationCredential = createTrialPasskey(rpId, origin, options.data.options.challenge);
  const finished = await ask(path, {
    method: "POST",
    authorization,
    origin,
    body: { challengeId, registrationCredential, conditionalCreate: false },
  });
  if (finished.kind === "answered" && finished.body.isVerified === true)
    return good(`Passkeys made at ${origin} are taken.`);
  return bad(
    `A passkey made at ${origin} is refused: it is not among the tenant's expected origins.`,
    `Add ${origin}, with scheme and port and without a slash at the end (${portal.origins}).`,
  );
}

/** The token names the tenant whose secret made it. Not a check of its signature: nothing is granted on it. */
function judgeOwner(token: string, tenantId: string): Finding | null {
  const claims = z
    .object({ other: z.object({ tenantId: z.string() }) })
    .safeParse(toJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
  if (!claims.success || claims.data.other.tenantId === tenantId) return null;
  return bad(
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
