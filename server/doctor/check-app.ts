/** Checks the proxy in front of the app, and the app itself when it runs. */
import type { ConfigResponse } from "../../shared/contract.ts";
import type { Config } from "../config/config.ts";
import { type CheckResult, failed, passed, unknown } from "./check-result.ts";
import { type Reply, sendRequest } from "./http-request.ts";

type Site = Pick<Config, "origin" | "trustProxy">;

/** For an app of the host's own, whose settings the doctor cannot see. */
export function adviseOnProxy(origin: string): CheckResult {
  return origin.startsWith("https:")
    ? unknown(
        "Whether your app trusts the proxy that ends TLS in front of it cannot be seen from here.",
        `It must: app.set("trust proxy", 1), or how many proxies there are. Otherwise no session cookie can be set.`,
      )
    : passed("Cookies fit http on this machine.");
}

/** For this repository's app, which speaks http. When ORIGIN is https, a proxy in front ends TLS. */
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

/** Where the router usually is, when the doctor is not told. */
const usualPrefixes = ["/api", "/auth", "/api/auth", "/passkeys"];

export interface RunningApp {
  readonly origin: string;
  /** Where the router is mounted, such as `https://api.example.com/auth`. Null: the usual paths on `origin`. */
  readonly appUrl: string | null;
}

/** Compares what the running app tells browsers with this configuration. */
export async function checkRunningApp(
  { origin, appUrl }: RunningApp,
  expected: Pick<ConfigResponse, "tenantId" | "rpId">,
): Promise<CheckResult> {
  const candidates = appUrl === null ? usualPrefixes.map((prefix) => `${origin}${prefix}`) : [appUrl];
  let first: Reply | null = null;
  for (const url of candidates) {
    const reply = await sendRequest(`${url}/config`);
    if (reply.kind === "failed")
      return unreachable(url, appUrl === null ? "ORIGIN" : "--app-url", reply.reason);
    if (typeof reply.body.tenantId === "string") return compare(url, reply.body, expected);
    first ??= reply;
  }
  const status = first?.kind === "answered" ? first.status : "";
  return unknown(
    `Something answers ${status} at ${candidates[0]}/config, but not this router.`,
    "Say where your app mounts it: --app-url https://api.example.com/auth. Otherwise check what the proxy forwards.",
  );
}

function unreachable(url: string, source: string, reason: string): CheckResult {
  return unknown(
    `The app cannot be reached at ${source} ${new URL(url).origin}: ${reason}.`,
    "This is expected before the app is started. Otherwise check its name, its proxy and its certificate.",
  );
}

function compare(
  url: string,
  { tenantId, rpId }: Readonly<Record<string, unknown>>,
  expected: Pick<ConfigResponse, "tenantId" | "rpId">,
): CheckResult {
  if (tenantId === expected.tenantId && rpId === expected.rpId)
    return passed(`The app at ${url} runs with this configuration.`);
  return failed(
    `The app at ${url} runs with another tenant or RP ID (${String(tenantId)}, ${String(rpId)}).`,
    "Restart it with this configuration, or run the doctor with the app's.",
  );
}
