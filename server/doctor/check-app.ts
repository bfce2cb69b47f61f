/** Checks the proxy in front of the app, and the app itself when it runs. */
import type { ConfigResponse } from "../../shared/contract.ts";
import type { Config } from "../config/config.ts";
import { type CheckResult, failed, passed, unknown } from "./check-result.ts";
import { sendRequest } from "./http-request.ts";

type Site = Pick<Config, "origin" | "trustProxy">;

/** The app speaks http. When ORIGIN is https, a proxy in front ends TLS. */
export function checkProxy({ origin, trustProxy }: Site): CheckResult {
  const isHttps = origin.startsWith("https:");
  const trustsNone = trustProxy === 0;
  if (isHttps && trustsNone) {
    return failed(
      `ORIGIN ${origin} is https, so a proxy ends TLS in front of this app, but TRUST_PROXY is 0: no session cookie would be set, because the app takes every request for plain http.`,
      "Write TRUST_PROXY=1 (or how many proxies there are, or their subnets), and have the proxy set X-Forwarded-Proto and X-Forwarded-For.",
    );
  }
  if (!isHttps && !trustsNone) {
    return failed(
      `TRUST_PROXY is ${trustProxy.toString()}, but people open ${origin} without a proxy: any client could choose the address that limits count.`,
      "Write TRUST_PROXY=0, or the https address of your proxy into ORIGIN.",
    );
  }
  return passed(
    isHttps ? "Cookies are Secure, and the proxy in front is trusted." : "Cookies fit http on this machine.",
  );
}

/** Compares what the running app tells browsers with this configuration. */
export async function checkRunningApp(
  origin: string,
  expected: Pick<ConfigResponse, "tenantId" | "rpId">,
): Promise<CheckResult> {
  const reply = await sendRequest(`${origin}/api/config`);
  if (reply.kind === "failed") {
    return unknown(
      `The app cannot be reached at ORIGIN ${origin}: ${reply.reason}.`,
      "This is expected before the app is started. Otherwise check its name, its proxy and its certificate.",
    );
  }
  const { tenantId, rpId } = reply.body;
  if (typeof tenantId !== "string") {
    return unknown(
      `Something answers ${reply.status} at ${origin}/api/config, but not this app.`,
      "This is expected when your API has another prefix. Otherwise check what the proxy forwards.",
    );
  }
  if (tenantId === expected.tenantId && rpId === expected.rpId)
    return passed(`The app at ${origin} runs with this configuration.`);
  return failed(
    `The app at ${origin} runs with another tenant or RP ID (${tenantId}, ${String(rpId)}).`,
    "Restart it with this configuration, or run the doctor with the app's.",
  );
}
