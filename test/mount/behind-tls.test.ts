/** A host that speaks http behind a proxy that speaks https: secure cookies, the right origin, the right address. */
import express from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createLogger } from "../../server/http/log.ts";
import { createPasskeysRouter } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { captureLog } from "../kit/captured-log.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import type { Agent } from "../kit/flows.ts";
import { listen } from "../kit/listen.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";
import { nginx, startNginx, startNodeProxy, type TlsProxy } from "./tls-proxy.ts";

const origin = "https://app.example.com";
const proxies = [
  { name: "Node", start: startNodeProxy },
  ...(nginx === undefined ? [] : [{ name: "nginx", start: startNginx }]),
];

test.runIf(process.env.CI)("nginx is among the proxies in CI", () => {
  expect(nginx).toBeDefined();
});

describe.each(proxies)("behind $name", ({ start }) => {
  let kit: EmulatorFor;
  const log = captureLog();
  const stops: (() => Promise<void>)[] = [];

  async function startHost(trustProxy: number): Promise<TlsProxy> {
    const storage = await kit.openStorage();
    const sessions = createCookieSessions({
      store: storage.sessionStore,
      secret: "only the tests of this host know it",
      secure: true,
      now: kit.now,
    });
    const app = express();
    app.set("trust proxy", trustProxy);
    app.get("/whence", (req, res) => void res.json({ protocol: req.protocol, ip: req.ip }));
    app.use("/api", sessions.middleware, createPasskeysRouter(commonOptions(kit, storage, sessions)));
    app.use(createErrorHandler(createLogger(log.destination)));
    const host = await listen(app, { host: "127.0.0.1" });
    const proxy = await start(host.port);
    stops.push(proxy.close, host.close);
    return proxy;
  }

  /** A browser at the proxy: keeps Secure cookies, and its page has the public origin. */
  function agentAt(proxy: TlsProxy): Agent {
    return request
      .agent(`https://localhost:${proxy.port}`)
      .disableTLSCerts()
      .set("Origin", origin)
      .set("Host", "app.example.com");
  }

  beforeAll(async () => {
    kit = await startEmulatorFor({ origin });
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
    await kit?.close();
  });

  test("behind a TLS proxy every flow works, with a cookie that only https carries", async () => {
    const proxy = await startHost(1);
    const agent = agentAt(proxy);
    const authenticator = createSoftAuthenticator();
    const user = await kit.signInWithOtp(agent);
    await kit.enrollPasskey(agent, authenticator);
    const elsewhere = agentAt(proxy);
    expect(await kit.signInWithPasskey(elsewhere, authenticator)).toEqual(user);
    const out = await elsewhere.delete("/api/session").expect(204);
    expect(out.get("Set-Cookie")?.join()).toMatch(/^__Host-passkeys_session=;.*Secure/);
  });

  test("behind a TLS proxy the host sees the browser's protocol and address", async () => {
    const answer = await agentAt(await startHost(1)).get("/whence");
    expect(answer.body).toEqual({ protocol: "https", ip: "127.0.0.1" });
  });

  test("behind a TLS proxy a page of the proxy's own address is another origin, and refused", async () => {
    const proxy = await startHost(1);
    const refused = await agentAt(proxy)
      .post("/api/otp/challenge")
      .set("Origin", `https://localhost:${proxy.port}`)
      .send({ email: kit.newAddress() })
      .expect(403);
    expect(refused.body.code).toBe("cross_site_request");
  });

  test("without `trust proxy` asking for a code fails, and the log names the setting", async () => {
    const failed = await agentAt(await startHost(0))
      .post("/api/otp/challenge")
      .send({ email: kit.newAddress() })
      .expect(500);
    expect(failed.body.code).toBe("internal_error");
    expect(JSON.stringify(failed.body)).not.toContain("trust proxy");
    expect(log.lines().join("\n")).toContain("trust proxy");
  });
});
