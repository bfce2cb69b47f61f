/** What a bearer token is good for, and what it must never be. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { isToldToForget } from "../kit/stored-sessions.ts";
import { type BearerHost, startBearerHost } from "./bearer-host.ts";

let kit: EmulatorFor;
let host: BearerHost;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/mobile/v2" });
  host = await startBearerHost(kit);
});
afterAll(() => kit?.close());

async function askForCode(headers: Record<string, string> = {}): Promise<{ email: string; token: string }> {
  const email = kit.newAddress();
  const asked = await request(host.app).post("/mobile/v2/otp/challenge").set(headers).send({ email });
  return { email, token: asked.get("Code-Token") ?? "" };
}

async function verify(token: string, email: string, session = ""): Promise<request.Response> {
  const code = await kit.readCode(email);
  return request(host.app)
    .post("/mobile/v2/otp/verify")
    .set({ "Code-Token": token, Authorization: `Bearer ${session}` })
    .send({ code });
}

async function whoHas(token: string): Promise<unknown> {
  const answer = await request(host.app).get("/v1/me").set("Authorization", `Bearer ${token}`).expect(200);
  return answer.body.customer;
}

test("a client of a bearer host gets one token for its code and another one for its session", async () => {
  const { email, token } = await askForCode();
  expect(await whoHas(token)).toBeNull();
  const signedIn = (await verify(token, email)).get("Session-Token") ?? "";
  expect(signedIn).toMatch(/^[\w-]{43}$/);
  expect(signedIn).not.toBe(token);
  expect(await whoHas(signedIn)).not.toBeNull();
  expect((await verify(token, email)).body.code).toBe("otp_not_requested");
});

test("a code is of no use with the token of another client's code", async () => {
  const { email } = await askForCode();
  const other = await askForCode();
  const refused = await verify(other.token, email);
  expect(refused.body.code).toBe("otp_incorrect");
});

test("a token that the caller chose is never taken over", async () => {
  const chosen = "A".repeat(43);
  const { email, token } = await askForCode({ "Code-Token": chosen, Authorization: `Bearer ${chosen}` });
  expect(token).not.toBe(chosen);
  await verify(token, email);
  expect(await whoHas(chosen)).toBeNull();
});

test("signing out ends the bearer token, and says so in an empty header", async () => {
  const { email, token } = await askForCode();
  const signedIn = (await verify(token, email)).get("Session-Token") ?? "";
  const out = await request(host.app)
    .delete("/mobile/v2/session")
    .set("Authorization", `Bearer ${signedIn}`)
    .expect(204);
  expect(out.get("Session-Token")).toBe("");
  expect(await whoHas(signedIn)).toBeNull();
});

test("a renewal that was under way does not bring an ended session back", async () => {
  const { email, token } = await askForCode();
  const signedIn = (await verify(token, email)).get("Session-Token") ?? "";
  const response = () => {
    const headers = new Map<string, string>();
    return { headers, res: Object.assign(Object.create(host.app.response), { set: keep(headers) }) };
  };
  const keep = (headers: Map<string, string>) =>
    function set(this: unknown, name: string, value: string) {
      headers.set(name, value);
      return this;
    };
  const req = Object.assign(Object.create(host.app.request), {
    headers: { authorization: `Bearer ${signedIn}` },
  });
  // The renewal has read the session when the other request ends it, and issues its token afterwards.
  const [renewal, end] = [response(), response()];
  const renewing = host.sessions.renew(req, renewal.res, { method: "passkey" });
  await Promise.allSettled([host.sessions.end(req, end.res), renewing]);
  const renewed = renewal.headers.get("Session-Token");
  expect(renewed === undefined ? null : await whoHas(renewed)).toBeNull();
  expect(await whoHas(signedIn)).toBeNull();
});

test("signing out with a token that was just renewed ends the session all the same", async () => {
  const { email, token } = await askForCode();
  const signedIn = (await verify(token, email)).get("Session-Token") ?? "";
  // The same person's code again: a proof, which renews the session.
  await request(host.app)
    .post("/mobile/v2/otp/challenge")
    .set("Authorization", `Bearer ${signedIn}`)
    .send({ email });
  const renewed = (await verify("", email, signedIn)).get("Session-Token") ?? "";
  expect(await whoHas(signedIn)).toBeNull();
  expect(await whoHas(renewed)).not.toBeNull();
  await request(host.app).delete("/mobile/v2/session").set("Authorization", `Bearer ${signedIn}`).expect(204);
  expect(await whoHas(renewed)).toBeNull();
});

test.each([
  ["half an hour without a request", 31 * 60 * 1000, 1],
  ["twelve hours, however busy", 29 * 60 * 1000, 25],
])("a bearer session ends after %s", async (_, step, times) => {
  const own = await startEmulatorFor({ prefix: "/mobile/v2" });
  try {
    const { agent, storage } = await startBearerHost(own);
    const client = agent();
    await own.signInWithOtp(client);
    if (times === 1 && (await isToldToForget(storage, 30 * 60))) return;
    for (let time = 0; time < times; time += 1) {
      own.advance(step);
      const answer = await client.get("/v1/me").expect(200);
      const isLast = time === times - 1;
      expect(answer.body.customer === null).toBe(isLast);
    }
  } finally {
    await own.close();
  }
});

test.each(["", "Bearer", "Bearer short", "Basic QUJD", `Bearer ${"ä".repeat(43)}`])(
  "a bearer host takes the header %j for a visitor who is not signed in",
  async (authorization) => {
    const answer = await request(host.app)
      .get("/v1/me")
      .set("Authorization", encodeURI(authorization))
      .expect(200);
    expect(answer.body.customer).toBeNull();
  },
);

describe("a page on another site", () => {
  const fromPage = (origin: string, site: string) =>
    request(host.app)
      .post("/mobile/v2/otp/challenge")
      .set({ Origin: origin, "Sec-Fetch-Site": site })
      .send({ email: kit.newAddress() });

  test.each(["cross-site", "same-site", "same-origin"])(
    "a page on another site that is listed may ask a bearer host (%s)",
    async (site) => {
      await fromPage("http://localhost:3000", site).expect(202);
    },
  );

  test.each(["cross-site", "same-origin"])(
    "a page on another site that is not listed is refused by a bearer host (%s)",
    async (site) => {
      const refused = await fromPage("https://evil.example", site).expect(403);
      expect(refused.body.code).toBe("cross_site_request");
    },
  );

  test("a page on another site that does not say which it is is refused by a bearer host", async () => {
    await request(host.app)
      .post("/mobile/v2/otp/challenge")
      .set("Sec-Fetch-Site", "cross-site")
      .send({})
      .expect(403);
  });
});
