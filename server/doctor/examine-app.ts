/** Cookies, the proxy in front, and the app itself if it runs. */
import type { ConfigResponse } from "../../shared/contract.ts";
import type { Config } from "../config/config.ts";
import { ask } from "./ask.ts";
import { bad, type Finding, good, unknown } from "./finding.ts";

type Place = Pick<Config, "origin" | "trustProxy">;

/** The app speaks http. Where people open it with https, somebody in front ends TLS. */
export function examineProxy({ origin, trustProxy }: Place): Finding {
  const isHttps = origin.startsWith("https:");
  if (isHttps && trustProxy === 0) {
    return bad(
      `ORIGIN ${origin} is https, so a proxy ends TLS in front of this app, but TRUST_PROXY is 0: no session cookie would be set, because the app takes every request for plain http.`,
      "Write TRUST_PROXY=1 (or how many proxies there are), and have the proxy set X-Forwarded-Proto and X-Forwarded-For.",
    );
  }
  if (!isHttps && trustProxy > 0) {
    return bad(
      `TRUST_PROXY is ${trustProxy}, but people open ${origin} without a proxy: everybody could choose the address that limits are counted by.`,
      "Write TRUST_PROXY=0, or the https address of your proxy into ORIGIN.",
    );
  }
  return good(
    isHttps ? "Cookies are Secure, and the proxy in front is trusted." : "Cookies fit http on this machine.",
  );
}

/** What the browsers of visitors are told must be what is configured here. */
export async function examineRunningApp(
  origin: string,
  expected: Pick<ConfigResponse, "tenantId" | "rpId">,
): Promise<Finding> {
  const reply = await ask(`${origin}/api/config`);
  if (reply.kind === "silent") {
    return unknown(
      `The app cannot be reached at ORIGIN ${origin}: ${reply.why}.`,
      "Before it is started that is as it should be. Otherwise look at its name, its proxy and its certificate.",
    );
  }
  const { tenantId, rpId } = reply.body;
  if (typeof tenantId !== "string") {
    return unknown(
      `Something answers ${reply.status} at ${origin}/api/config, but not this app.`,
      "If your API has another prefix, that is as it should be. Otherwise look at what the proxy forwards.",
    );
  }
  if (tenantId === expected.tenantId && rpId === expected.rpId)
    return good(`The app at ${origin} runs with this configuration.`);
  return bad(
    `The app at ${origin} runs with another tenant or RP ID (${tenantId}, ${String(rpId)}).`,
    "Restart it with this configuration, or run the doctor with the app's.",
  );
}
