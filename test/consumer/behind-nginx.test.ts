/** The guide's app, from the packed packages, behind a proxy that ends TLS: nginx, as DEPLOYING.md configures it. */
import request from "supertest";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import type { Agent } from "../kit/flows.ts";
import { freePort } from "../kit/listen.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { nginx, startNginx, startNodeProxy, type TlsProxy } from "../mount/tls-proxy.ts";
import { createProject, type Project, type Running } from "./project.ts";

const origin = "https://app.example.com";
/** Node's own proxy where nginx is missing; test/mount/behind-tls.test.ts demands nginx in CI. */
const startProxy = nginx === undefined ? startNodeProxy : startNginx;

let kit: EmulatorFor;
let project: Project;
let app: Running;
let proxy: TlsProxy;

beforeAll(async () => {
  kit = await startEmulatorFor({ origin, prefix: "/auth" });
  project = await createProject(inject("packed"), {
    from: ["test/consumer/projects/api"],
    dependencies: ["express", "libsql", "typescript", "@types/node", "@types/express"],
    packages: ["router"],
  });
  const options = ["--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom", "--types", "node"];
  await project.run("tsc", "--strict", ...options, "--outDir", "built", "app.ts", "start.ts");
  const port = await freePort();
  const { tenantId, apiSecretKey, apiUrl } = kit.authsignal;
  const env = {
    ORIGIN: origin,
    PORT: String(port),
    AUTHSIGNAL_TENANT_ID: tenantId,
    AUTHSIGNAL_API_SECRET_KEY: apiSecretKey,
    AUTHSIGNAL_API_URL: apiUrl,
    SESSION_SECRET: "only this machine knows it, and no other",
  };
  app = await project.start(["built/start.js"], env, /Open https/);
  proxy = await startProxy(port);
});
afterAll(async () => {
  await proxy?.close();
  await app?.stop();
  await project?.remove();
  await kit?.close();
});

/** A browser that believes the certificate, on the page of the public origin. */
function newBrowser(): Agent {
  return request
    .agent(`https://localhost:${proxy.port}`)
    .disableTLSCerts()
    .set("Origin", origin)
    .set("Host", "app.example.com");
}

test("behind nginx the guide's app enrolls a passkey, signs in with it and confirms a transfer, over https", async () => {
  const authenticator = createSoftAuthenticator();
  const browser = newBrowser();
  const user = await kit.signInWithOtp(browser);
  await kit.enrollPasskey(browser, authenticator);

  const elsewhere = newBrowser();
  expect(await kit.signInWithPasskey(elsewhere, authenticator)).toEqual(user);
  expect((await elsewhere.get("/orders").expect(200)).body).toEqual({ ordersOf: user.id });
  await elsewhere.post("/transfers").send({ amount: 5 }).expect(403);
  await kit.stepUp(elsewhere, authenticator, { action: "transfer-funds", operation: { amount: 5 } });
  await elsewhere.post("/transfers").send({ amount: 5 }).expect(201);
});

test("behind nginx every cookie of the guide's app is Secure and bound to the host", async () => {
  const browser = newBrowser();
  const asked = await browser.post("/auth/otp/challenge").send({ email: kit.newAddress() }).expect(202);
  const cookies = asked.get("Set-Cookie") ?? [];
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies)
    expect(cookie).toMatch(/^__Host-\w+=.*; Path=\/;.*HttpOnly; Secure; SameSite=Lax/);
});

test("behind nginx a request that says it came by http, or from elsewhere, changes nothing", async () => {
  const forged = newBrowser().set("X-Forwarded-Proto", "http").set("X-Forwarded-For", "192.0.2.1");
  const user = await kit.signInWithOtp(forged);
  expect((await forged.get("/auth/session").expect(200)).body.user).toEqual(user);
});
