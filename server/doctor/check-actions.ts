/**
 * Checks which verification methods the tenant's actions permit. Only the track call answers that, so a user named
 * `doctor-…` is tracked and then deleted. A user with another permitted authenticator could pass the action's challenge
 * with that, without this API.
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { actions as ownActions } from "../../shared/actions.ts";
import type { TenantConfig } from "../config/config.ts";
import { type CheckResult, failed, passed, portalAction, unknown, warning } from "./check-result.ts";
import { basicAuthorization, type Reply, sendRequest } from "./http-request.ts";

/** @param stepUpActions codes of the app's own actions, besides the two that the router tracks for a browser */
export async function checkActions(
  { apiUrl, apiSecretKey }: TenantConfig,
  stepUpActions: readonly string[],
): Promise<readonly CheckResult[]> {
  const user = `${apiUrl}/users/doctor-${randomUUID()}`;
  const authorization = basicAuthorization(apiSecretKey);
  const actions = [ownActions.enrollPasskey, ownActions.managePasskeys, ...stepUpActions];
  try {
    const results: CheckResult[] = [];
    for (const action of actions) {
      const body = { idempotencyKey: randomUUID() };
      const tracked = await sendRequest(`${user}/actions/${encodeURIComponent(action)}`, {
        method: "POST",
        authorization,
        body,
      });
      const result = toResult(action, tracked);
      if (result !== null) results.push(result);
    }
    return results.length > 0
      ? results
      : [passed(`The actions ${actions.join(", ")} permit a passkey and nothing else.`)];
  } finally {
    await sendRequest(user, { method: "DELETE", authorization });
  }
}

function toResult(action: string, reply: Reply): CheckResult | null {
  const answer = z
    .object({ allowedVerificationMethods: z.array(z.string()) })
    .safeParse(reply.kind === "answered" && reply.status === 200 ? reply.body : null);
  const remedy = `Permit passkey and no other authenticator (${portalAction(action)}).`;
  if (!answer.success)
    return unknown(`Authsignal does not say which methods the action ${action} permits.`, remedy);
  const permitted = answer.data.allowedVerificationMethods;
  if (!permitted.includes("PASSKEY"))
    return failed(`The action ${action} does not permit passkeys, so its challenge cannot be met.`, remedy);
  const others = permitted.filter((method) => method !== "PASSKEY");
  if (others.length === 0) return null;
  return warning(
    `The action ${action} permits ${others.join(", ")} besides passkeys: users who have such an authenticator get no token for it (tenant_misconfigured).`,
    remedy,
  );
}
