/** Sessions of JWTs that people see and end, over the index of the storage. */
import express, { type Express } from "express";
import { jwtVerify, SignJWT } from "jose";
import request from "supertest";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPasskeysRouter } from "../../server/passkeys/index.ts";
import { createJwtSessions } from "../../server/sessions/jwt-sessions.ts";
import { createSqlUsers } from "../../server/storage/stores/sql-users.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions } from "./host.ts";

const key = new TextEncoder().encode("the key of all tokens of this host");

let kit: EmulatorFor;
let app: Express;
beforeEach(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  const { now } = kit;
  const storage = await kit.openStorage();
  const read = async (token: string) => (await jwtVerify(token, key, { currentDate: now() })).payload;
  const sessions = createJwtSessions({
    store: storage.sessionStore,
    index: storage.sessionIndex,
    now,
    verify: read,
    issue: async (claims) => ({
      accessToken: await new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256" }).sign(key),
    }),
  });
  const options = {
    ...commonOptions(kit, storage, sessions),
    users: createSqlUsers(storage.accounts, now),
  };
  app = express();
  app.use(express.json());
  app.use("/auth", createPasskeysRouter(options));
  app.post("/refresh", async (req, res) => {
    const tokens = await sessions.refresh(req, res, read(req.body.token)).catch(() => null);
    res.json({ tokens });
  });
});
afterEach(() => kit.close());

async function signIn(email: string): Promise<string> {
  const asked = await request(app).post("/auth/otp/challenge").send({ email }).expect(202);
  const code = await kit.readCode(email);
  const { body } = await request(app)
    .post("/auth/otp/verify")
    .set("Code-Token", String(asked.headers["code-token"]))
    .send({ code })
    .expect(200);
  kit.advance(61_000);
  return body.tokens.accessToken;
}

const as = (token: string) => ({ Authorization: `Bearer ${token}` });
const sessionsOf = async (token: string) =>
  (await request(app).get("/auth/sessions").set(as(token)).expect(200)).body;
const userOf = async (token: string) => (await request(app).get("/auth/session").set(as(token))).body.user;

test("Sessions of JWTs are listed, and one that is ended from another has neither a user nor new tokens", async () => {
  const email = kit.newAddress();
  const [phone, laptop] = [await signIn(email), await signIn(email)];
  const listed = await sessionsOf(laptop);
  expect(listed).toMatchObject([
    { current: true, method: "email-otp" },
    { current: false, method: "email-otp" },
  ]);
  await request(app).delete(`/auth/sessions/${listed[1].id}`).set(as(laptop)).expect(204);
  expect(await userOf(phone)).toBeNull();
  expect((await request(app).post("/refresh").send({ token: phone })).body.tokens).toBeNull();
  expect((await request(app).post("/refresh").send({ token: laptop })).body.tokens).not.toBeNull();
  expect(await sessionsOf(laptop)).toHaveLength(1);
});

test("Signing out takes a session of JWTs off the list, and all others can be ended at once", async () => {
  const email = kit.newAddress();
  const tokens = [await signIn(email), await signIn(email), await signIn(email)] as const;
  await request(app).delete("/auth/session").set(as(tokens[0])).expect(204);
  expect(await sessionsOf(tokens[2])).toHaveLength(2);
  await request(app).delete("/auth/sessions").set(as(tokens[2])).expect(204);
  expect(await userOf(tokens[1])).toBeNull();
  expect((await userOf(tokens[2])).email).toBe(email);
});

test("createJwtSessions refuses an index that is none, and a place that nobody would see", () => {
  const options = { verify: () => null, issue: () => ({}), end: () => {} };
  const create = (more: object) => () =>
    Reflect.apply(createJwtSessions, undefined, [{ ...options, ...more }]);
  expect(create({ index: {} })).toThrow("`index` must be `storage.sessionIndex`, or left out");
  expect(create({ placeOf: () => "Vienna" })).toThrow("`placeOf` has no effect without `index`");
});
