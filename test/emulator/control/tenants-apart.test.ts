/** Two workers of one suite, each with a tenant of its own on one emulator: neither sees what the other does. */
import { Authsignal } from "@authsignal/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { operationTexts } from "../../../server/emulator/control/control-openapi.ts";
import { type Emulator, startEmulator } from "../../../server/emulator/index.ts";
import { send, testTenant } from "../running-emulator.ts";

const one = testTenant({ tenantId: "one", secrets: ["emulator-one"] });
const two = testTenant({ tenantId: "two", secrets: ["emulator-two"] });
let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ tenants: [one, two] });
});
afterEach(() => emulator.close());

const sdk = ({ secrets }: typeof one) =>
  new Authsignal({ apiSecretKey: secrets[0] ?? "", apiUrl: emulator.apiUrl, retries: 0 });
const control = (path: string, method = "GET", body?: object) =>
  send(`${emulator.url}/emulator${path}`, { method, ...(body && { body: JSON.stringify(body) }) });

describe("what belongs to one tenant", () => {
  test("a fault strikes the requests of its tenant alone", async () => {
    await control("/faults", "POST", { status: 400, count: 9, tenantId: "one" });
    await expect(sdk(one).getUser({ userId: "u" })).rejects.toMatchObject({ statusCode: 400 });
    expect(await sdk(two).getUser({ userId: "u" })).toMatchObject({ isEnrolled: false });
    const signIn = { method: "POST", body: JSON.stringify({ action: "a" }) };
    const asTenant = (id: string) => ({ authorization: `Basic ${Buffer.from(id).toString("base64")}` });
    const begin = (id: string) =>
      send(`${emulator.apiUrl}/client/challenge`, { ...signIn, headers: asTenant(id) });
    expect((await begin("one")).status).toBe(400);
    expect((await begin("two")).status).toBe(200);
    await control("/faults?tenantId=two", "DELETE");
    expect(emulator.faults()).toHaveLength(1);
    await control("/faults?tenantId=one", "DELETE");
    expect(emulator.faults()).toEqual([]);
  });

  test("a clock moves the tokens of its tenant alone", async () => {
    const [first, second] = await Promise.all(
      [one, two].map((tenant) => sdk(tenant).track({ userId: "u", action: "a" })),
    );
    await control("/clock", "PUT", { advance: 11 * 60_000, tenantId: "one" });
    const state = async (tenant: typeof one, token = "") =>
      (await sdk(tenant).validateChallenge({ token })).state;
    expect(await state(one, first?.token)).toBeUndefined();
    expect(await state(two, second?.token)).toBe("ALLOW");
    const ahead = Date.parse((await control("/clock?tenantId=one")).body.now);
    expect(ahead).toBeGreaterThan(Date.parse((await control("/clock?tenantId=two")).body.now) + 10 * 60_000);
    emulator.clock.advance(11 * 60_000);
    expect(await state(two, second?.token)).toBeUndefined();
  });

  test("the journal and messages can be asked for one tenant", async () => {
    const challenge = { verificationMethod: "EMAIL_OTP", action: "a", email: "same@example.com" } as const;
    for (const tenant of [one, two]) await sdk(tenant).challenge(challenge);
    expect((await control("/journal?tenantId=one")).body).toHaveLength(1);
    expect((await control("/messages?to=same@example.com&tenantId=two")).body).toHaveLength(1);
    await control("/journal?tenantId=one", "DELETE");
    expect(emulator.journal()).toMatchObject([{ tenantId: "two" }]);
  });

  test("a reset empties its tenant alone, with clock, faults and journal", async () => {
    for (const tenant of [one, two]) {
      await sdk(tenant).updateUser({ userId: "u", attributes: { email: "u@example.com" } });
      emulator.addFault({ path: "/v1/users/never", status: 500, tenantId: tenant.tenantId });
      emulator.clockOf(tenant.tenantId).freeze();
    }
    await control("/reset", "POST", { tenantId: "one" });
    expect((await sdk(one).getUser({ userId: "u" })).email).toBeUndefined();
    expect((await sdk(two).getUser({ userId: "u" })).email).toBe("u@example.com");
    expect(emulator.faults()).toMatchObject([{ tenantId: "two" }]);
    expect(["one", "two"].map((id) => emulator.clockOf(id).frozen)).toEqual([false, true]);
    expect(emulator.journal({ tenantId: "two" })).not.toEqual([]);
  });
});

describe("tenants come and go", () => {
  test("a tenant is put again and again, and deleted", async () => {
    const { tenantId: _id, ...rest } = testTenant({ secrets: ["emulator-three"] });
    const put = (changes: object = {}) => control("/tenants/three", "PUT", { ...rest, ...changes });
    expect((await put()).body).toEqual({ tenantId: "three" });
    const third = sdk({ ...one, secrets: ["emulator-three"] });
    await third.updateUser({ userId: "u", attributes: { email: "u@example.com" } });
    expect((await put({ rpName: "Again" })).status).toBe(200);
    expect((await third.getUser({ userId: "u" })).email).toBeUndefined();
    expect((await put({ rpID: "x" })).status).toBe(400);
    expect(await third.getUser({ userId: "u" })).toBeDefined();
    expect((await control("/tenants/three", "DELETE")).status).toBe(200);
    await expect(third.getUser({ userId: "u" })).rejects.toMatchObject({ statusCode: 401 });
    expect((await control("/tenants/three", "DELETE")).status).toBe(404);
  });
});

describe("seeds", () => {
  test("a seed that is restored on reset comes back after each reset of its tenant", async () => {
    await control("/seed", "POST", {
      users: [{ userId: "ada", passkeys: [{}] }],
      restoreOnReset: true,
      tenantId: "two",
    });
    await sdk(two).updateUser({ userId: "bo", attributes: { email: "bo@example.com" } });
    for (const scope of [{ tenantId: "two" }, {}]) {
      await control("/reset", "POST", scope);
      expect(await sdk(two).getUser({ userId: "ada" })).toMatchObject({ isEnrolled: true });
      expect((await sdk(two).getUser({ userId: "bo" })).email).toBeUndefined();
    }
  });

  test("a seed is applied as a whole or not at all", async () => {
    await sdk(one).updateUser({ userId: "ada", attributes: { displayName: "Before" } });
    const users = [
      { userId: "ada", displayName: "After" },
      { userId: "bo", authenticators: [{ verificationMethod: "EMAIL_OTP" }] },
    ];
    const answer = await control("/seed", "POST", { users });
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.body.errorDescription).toBe("users[1].authenticators[0]: email is required.");
    expect((await sdk(one).getUser({ userId: "ada" })).displayName).toBe("Before");
  });

  test("a seed may be as large as an exported state", async () => {
    const users = Array.from({ length: 3_000 }, (_, at) => ({
      userId: `user-${at}`,
      displayName: "x".repeat(100),
    }));
    expect((await control("/seed", "POST", { users })).body).toMatchObject({ users: 3_000 });
  });
});

test("the OpenAPI document describes every operation, and no example of it is refused for its members", async () => {
  const { body } = await control("/openapi.json");
  const described = Object.entries<Record<string, { summary: string }>>(body.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { summary }]) => [
        `${method.toUpperCase()} ${path.slice("/emulator".length)}`,
        summary,
      ]),
  );
  expect(described.map(([name]) => name).toSorted()).toEqual(Object.keys(operationTexts).toSorted());
  for (const [, summary] of described) expect(summary).toMatch(/\.$/);
  for (const [name, { example }] of Object.entries(operationTexts)) {
    if (example === undefined) continue;
    const [method = "", path = ""] = name.split(" ");
    const { status, body: answer } = await control(path.replace("{tenantId}", "other"), method, example);
    expect(answer.errorDescription ?? "", `${name} answered ${status}`).not.toMatch(
      /is not known|must be|required/,
    );
  }
});
