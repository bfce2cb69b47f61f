/**
 * Which methods the tenant's actions permit. Only track tells, for a user: one named `doctor-…` is tracked, and deleted.
 * A user with an authenticator of another permitted method can meet a track token with it, past this API.
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { actions as ownActions } from "../../shared/actions.ts";
import type { TenantConfig } from "../config/config.ts";
import { ask, basic, type Reply } from "./ask.ts";
import { bad, type Finding, good, portalAction, unknown, warning } from "./finding.ts";

/** @param stepUpActions the app's own, besides the two that the router tracks for a browser */
export async function examineActions(
  { apiUrl, apiSecretKey }: TenantConfig,
  stepUpActions: readonly string[],
): Promise<readonly Finding[]> {
  const user = `${apiUrl}/users/doctor-${randomUUID()}`;
  const authorization = basic(apiSecretKey);
  const actions = [ownActions.enrollPasskey, ownActions.managePasskeys, ...stepUpActions];
  try {
    const findings: Finding[] = [];
    for (const action of actions) {
      const body = { idempotencyKey: randomUUID() };
      const tracked = await ask(`${user}/actions/${encodeURIComponent(action)}`, {
        method: "POST",
        authorization,
        body,
      });
      const finding = judge(action, tracked);
      if (finding !== null) findings.push(finding);
    }
    return findings.length > 0
      ? findings
      : [good(`The actions ${actions.join(", ")} permit a passkey and nothing else.`)];
  } finally {
    await ask(user, { method: "DELETE", authorization });
  }
}

function judge(action: string, reply: Reply): Finding | null {
  const answer = z
    .object({ allowedVerificationMethods: z.array(z.string()) })
    .safeParse(reply.kind === "answered" && reply.status === 200 ? reply.body : null);
  const remedy = `Permit passkey and no other authenticator (${portalAction(action)}).`;
  if (!answer.success)
    return unknown(`Authsignal does not say which methods the action ${action} permits.`, remedy);
  const permitted = answer.data.allowedVerificationMethods;
  if (!permitted.includes("PASSKEY"))
    return bad(`The action ${action} does not permit passkeys: it cannot be finished here.`, remedy);
  const others = permitted.filter((method) => method !== "PASSKEY");
  if (others.length === 0) return null;
  return warning(
    `The action ${action} permits ${others.join(", ")} besides passkeys: users who have such an authenticator get no token for it (tenant_misconfigured).`,
    remedy,
  );
}
