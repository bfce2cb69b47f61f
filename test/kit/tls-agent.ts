/** A browser at an https origin. supertest speaks http, as the proxy that ends TLS in front of an app does. */
import type request from "supertest";
import type { Agent } from "./flows.ts";

/** @returns the agent, which says that its requests came by https, and sends Secure cookies back */
export function behindTls(agent: Agent): Agent {
  return agent.set("X-Forwarded-Proto", "https").use((test: request.Test) => {
    const { hostname: domain, pathname: path } = new URL(test.url);
    // The agent itself sends Secure cookies by https alone.
    const cookies = agent.jar.getCookies({ domain, path, secure: true, script: false }).toValueString();
    if (cookies !== "") test.set("Cookie", cookies);
  });
}
