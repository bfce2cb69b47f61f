/** The router beside a password login on Express 4, over the session store that was there. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { JsonStore } from "../server/sessions/json-store.ts";
import { createPassportHost, type PassportHost } from "./passport-host.ts";

const prefix = "/api/v1/passkeys";
const ann = { id: 7, email: "ann@example.com", password: "correct horse", isVerified: true };
/** Somebody has registered this address, and no mail to it was ever answered. */
const squatter = { id: 8, email: "victim@example.com", password: "battery staple", isVerified: false };
const csrf = { "X-CSRF-Token": "secret-of-this-session" };

let kit: EmulatorFor;
let host: PassportHost;
let store: JsonStore;
let folder: string;
beforeEach(async () => {
  kit = await startEmulatorFor({ prefix });
  store = new JsonStore();
  folder = mkdtempSync(join(tmpdir(), "shop-"));
  host = createPassportHost(kit, [ann, squatter], { store, databaseFile: join(folder, "app.sqlite") });
});
afterEach(async () => {
  await host.storage.close();
  await kit.close();
  rmSync(folder, { recursive: true });
});

async function signIn() {
  const agent = kit.agent(host.app);
  await agent.post("/login").send(ann).expect(200, { user: 7 });
  return agent;
}

test("A person of a passport host adds a passkey after the password and comes back with it", async () => {
  const agent = await signIn();
  const authenticator = createSoftAuthenticator();
  await kit.enrollPasskey(agent, authenticator);
  const elsewhere = kit.agent(host.app);
  expect(await kit.signInWithPasskey(elsewhere, authenticator)).toEqual({ id: "7", email: ann.email });
  expect((await elsewhere.get("/me").expect(200)).body.user).toBe(7);
  await elsewhere.post("/logout").set(csrf).expect(200);
  expect((await elsewhere.get("/me").expect(200)).body.user).toBeNull();
  expect((await agent.get("/me").expect(200)).body.user).toBe(7);
});

test("A step-up on a passport host keeps the basket, the CSRF secret and the sign-in", async () => {
  const agent = await signIn();
  const authenticator = createSoftAuthenticator();
  await kit.enrollPasskey(agent, authenticator);
  await agent.get("/me").expect(200);
  await agent.post("/basket").set(csrf).send({ article: "tea" }).expect(200);
  const refused = await agent.delete("/orders").set(csrf).expect(403);
  expect(refused.body).toEqual({ error: { message: "step_up_required" } });
  await kit.stepUp(agent, authenticator, { action: "clear-orders" });
  await agent.delete("/orders").set(csrf).expect(200);
  expect((await agent.get("/me").expect(200)).body).toEqual({ user: 7, basket: ["tea"] });
});

test("On a passport host a guarded route lets people pass who have no passkey yet", async () => {
  const agent = await signIn();
  await agent.get("/me").expect(200);
  await agent.delete("/orders").set(csrf).expect(200, { orders: [] });
});

test("A visitor's basket is there after a sign-in by passkey on a passport host", async () => {
  const authenticator = createSoftAuthenticator();
  await kit.enrollPasskey(await signIn(), authenticator);
  const visitor = kit.agent(host.app);
  await visitor.get("/me").expect(200);
  await visitor.post("/basket").set(csrf).send({ article: "tea" }).expect(200);
  await kit.signInWithPasskey(visitor, authenticator);
  expect((await visitor.get("/me").expect(200)).body).toEqual({ user: 7, basket: ["tea"] });
});

test("A password of eleven minutes ago adds no passkey on a passport host until it is typed again", async () => {
  const agent = await signIn();
  kit.advance(11 * 60_000);
  const refused = await agent.post(`${prefix}/enroll-token`).send({}).expect(403);
  expect(refused.body).toEqual({ error: { message: "step_up_required" } });
  await agent.post("/login").send(ann).expect(200);
  await kit.enrollPasskey(agent, createSoftAuthenticator());
});

test("A session of before the deployment stays signed in on a passport host, and adds no passkey before the password", async () => {
  const agent = await signIn();
  // As the host wrote its sessions before: without what this package keeps in them.
  for (const [sid, row] of store.rows) {
    const { passkeys: _, ...kept } = JSON.parse(row);
    store.rows.set(sid, JSON.stringify(kept));
  }
  expect((await agent.get("/me").expect(200)).body.user).toBe(7);
  expect((await agent.get(`${prefix}/session`).expect(200)).body.user).toEqual({ id: "7", email: ann.email });
  await agent.post(`${prefix}/enroll-token`).send({}).expect(403);
  await agent.post("/login").send(ann).expect(200);
  await agent.post(`${prefix}/enroll-token`).send({}).expect(200);
});

test("A passport host mails no codes", async () => {
  await kit.agent(host.app).post(`${prefix}/otp/challenge`).send({ email: ann.email }).expect(404);
});

test("On a passport host nobody adds a passkey to an account whose address was never proven", async () => {
  const agent = kit.agent(host.app);
  await agent.post("/login").send(squatter).expect(200, { user: 8 });
  expect((await agent.get(`${prefix}/session`).expect(200)).body.user).toBeNull();
  const refused = await agent.post(`${prefix}/enroll-token`).send({}).expect(401);
  expect(refused.body).toEqual({ error: { message: "not_authenticated" } });
  expect((await agent.get("/me").expect(200)).body.user).toBe(8);
});
