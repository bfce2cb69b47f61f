/** What a bearer session leaves behind when it is renewed, ended or replaced, and for how long that is known. */
import type { SessionData } from "express-session";
import request, { type Response } from "supertest";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { gate } from "../kit/gate.ts";
import { type BearerHost, startBearerHost } from "./bearer-host.ts";

const minute = 60_000;

let kit: EmulatorFor;
let host: BearerHost;
beforeEach(async () => {
  kit = await startEmulatorFor({ prefix: "/mobile/v2" });
  host = await startBearerHost(kit);
});
afterEach(() => kit.close());

async function askForCode(): Promise<{ email: string; token: string }> {
  const email = kit.newAddress();
  const asked = await request(host.app).post("/mobile/v2/otp/challenge").send({ email });
  return { email, token: asked.get("Code-Token") ?? "" };
}

function verify(token: string, code: string): PromiseLike<Response> {
  return request(host.app).post("/mobile/v2/otp/verify").set("Code-Token", token).send({ code });
}

async function signIn(): Promise<string> {
  const { email, token } = await askForCode();
  return (await verify(token, await kit.readCode(email))).get("Session-Token") ?? "";
}

async function whoHas(token: string): Promise<unknown> {
  const answer = await request(host.app).get("/v1/me").set("Authorization", `Bearer ${token}`).expect(200);
  return answer.body.customer;
}

/** A request and a response of the host's app, and the token that the response would carry. */
function exchange(token: string) {
  const headers = new Map<string, string>();
  const set = function set(this: unknown, name: string, value: string) {
    headers.set(name, value);
    return this;
  };
  const res = Object.assign(Object.create(host.app.response), { set });
  const req = Object.assign(Object.create(host.app.request), {
    headers: { authorization: `Bearer ${token}`, "code-token": token },
  });
  return { req, res, given: () => headers.get("Session-Token") ?? "" };
}

/** The token that a renewal issues which has read the session before it was ended, and writes afterwards. */
async function renewedTooLate(token: string): Promise<string> {
  const { arrive, arrived, open, opened } = gate();
  const { sessionStore } = host.storage;
  const write = sessionStore.set.bind(sessionStore);
  // The renewal's first write waits; the ones after it, among them what ends the session, do not.
  sessionStore.set = (sid: string, session: SessionData, done?: (error?: unknown) => void) => {
    sessionStore.set = write;
    arrive();
    void opened.then(() => write(sid, session, done));
  };
  const [renewal, end] = [exchange(token), exchange(token)];
  const renewing = host.sessions.renew(renewal.req, renewal.res, { method: "passkey" });
  await arrived;
  await host.sessions.end(end.req, end.res);
  open();
  await renewing;
  return renewal.given();
}

test("a token that was issued after the session had ended is refused for as long as a session may last", async () => {
  const ended = await signIn();
  const late = await renewedTooLate(ended);
  expect(late).toMatch(/^[\w-]{43}$/);
  expect(await whoHas(late)).toBeNull();
  kit.advance(5 * minute);
  expect(await whoHas(late)).toBeNull();
  expect(await whoHas(ended)).toBeNull();
});

test("a token that was issued after the session had ended cannot be kept alive by using it", async () => {
  const late = await renewedTooLate(await signIn());
  for (let step = 0; step < 24; step += 1) {
    kit.advance(29 * minute);
    expect(await whoHas(late)).toBeNull();
  }
});

test("ending one of a person's sessions leaves the other one", async () => {
  const { email, token } = await askForCode();
  const first = (await verify(token, await kit.readCode(email))).get("Session-Token") ?? "";
  const again = await request(host.app).post("/mobile/v2/otp/challenge").send({ email });
  const code = await kit.readCode(email);
  const second = (await verify(again.get("Code-Token") ?? "", code)).get("Session-Token") ?? "";
  await request(host.app).delete("/mobile/v2/session").set("Authorization", `Bearer ${first}`).expect(204);
  expect(await whoHas(first)).toBeNull();
  expect(await whoHas(second)).not.toBeNull();
});

test("the token of a code knows of none any more once it was used to sign in", async () => {
  const { email, token } = await askForCode();
  const code = await kit.readCode(email);
  expect((await verify(token, code)).status).toBe(200);
  const again = await verify(token, code);
  expect(again.body.code).toBe("otp_not_requested");
});

test("signing in with a passkey ends the code that was asked for before", async () => {
  const { email, token } = await askForCode();
  const { req, res } = exchange(token);
  await host.sessions.start(req, res, { userId: "somebody", method: "passkey" });
  const late = await verify(token, await kit.readCode(email));
  expect(late.body.code).toBe("otp_not_requested");
});
