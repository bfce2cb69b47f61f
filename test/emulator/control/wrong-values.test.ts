/** A value that can have no effect is refused by name: a test that relies on it would pass for nothing. */
import { afterEach, describe, expect, test } from "vitest";
import { startEmulator, type TenantOptions } from "../../../server/emulator/index.ts";
import {
  callersOf,
  controlOf,
  enrollEmail,
  enrolled,
  newUserId,
  runEmulator,
  secret,
  secretAuthorization,
  send,
  testTenant,
} from "../running-emulator.ts";

const running = runEmulator();
afterEach(() => running.emulator.reset());
const control = controlOf(running);

const aRule = { ruleId: "r", name: "Rule", when: {}, outcome: "BLOCK" };
const ofAction = (settings: object) => ({ actions: [{ actionCode: "pay", ...settings }] });
const ofPasskey = (passkey: object) => ({ users: [{ userId: "u", passkeys: [passkey] }] });

describe("the control plane", () => {
  test.each([
    ["POST", "/faults", { status: 500, tenantId: "nobody" }, 'the tenant "nobody". Known: '],
    ["POST", "/faults", { status: 500, path: "/v1/validat" }, "No operation has the path /v1/validat."],
    ["POST", "/faults", { status: 500, path: "/v1/user/*" }, "No operation has the path /v1/user/*."],
    [
      "POST",
      "/faults",
      { status: 500, path: "/v1/validate", method: "GET" },
      "No operation has the method GET and the path /v1/validate.",
    ],
    ["DELETE", "/faults?tenantId=nobody", undefined, 'the tenant "nobody". Known: '],
    ["GET", "/journal?tenantId=nobody", undefined, 'the tenant "nobody". Known: '],
    ["DELETE", "/journal?tenantId=nobody", undefined, 'the tenant "nobody". Known: '],
    ["GET", "/journal?operation=trak-action", undefined, "operation must be one of track-action"],
    ["PUT", "/fixed-codes", { to: "ada", code: "123456" }, "to must be an e-mail address or a phone number"],
    ["POST", "/seed", { fixedCodes: [{ to: "ada", code: "123456" }] }, "fixedCodes[0].to must be an e-mail"],
    ["POST", "/seed", { users: [{ userId: "u", email: "ada" }] }, "users[0].email must be an e-mail address"],
    ["POST", "/seed", { users: [{ userId: "u", phoneNumber: "1" }] }, "users[0].phoneNumber must be a phone"],
    [
      "POST",
      "/seed",
      { users: [{ userId: "u", authenticators: [{ verificationMethod: "EMAIL_OTP", email: "ada" }] }] },
      "authenticators[0].email must be an e-mail address",
    ],
    ["POST", "/seed", ofPasskey({ aaguid: "apple" }), "passkeys[0].aaguid must be a UUID"],
    ["POST", "/seed", ofAction({ rules: [aRule, aRule] }), 'different ruleIds; "r" is there twice'],
    [
      "POST",
      "/seed",
      ofAction({ rules: [{ ...aRule, when: { custom: { amount: [1] } } }] }),
      "when.custom.amount must be a string, a number",
    ],
    [
      "POST",
      "/seed",
      ofAction({ rules: [{ ...aRule, when: { custom: { amount: { over: 1 } } } }] }),
      '"over" of actions[0].rules[0].when.custom.amount',
    ],
    [
      "POST",
      "/seed",
      ofAction({ rules: [{ ...aRule, when: { custom: { amount: {} } } }] }),
      "when.custom.amount needs above, below or both",
    ],
    [
      "POST",
      "/seed",
      ofAction({ rules: [{ ...aRule, when: { ipAddress: "10.0.0.0/33" } }] }),
      "when.ipAddress must be an IP address, its beginning",
    ],
    [
      "POST",
      "/seed",
      ofAction({ verificationMethods: ["PASSKEY"], defaultVerificationMethod: "SMS" }),
      "defaultVerificationMethod must be one of its verificationMethods",
    ],
    ["POST", "/passkeys/sign-in", {}, "Write either token, of a step-up, or action, of a sign-in"],
    [
      "POST",
      "/passkeys/sign-in",
      { action: "a", authenticator: { algorithm: "RS256" } },
      '"algorithm" of authenticator',
    ],
    ["POST", "/passkeys/sign-up", { token: "t", fault: { tamperedSignature: true } }, '"tamperedSignature"'],
    [
      "POST",
      "/passkeys/sign-up",
      { token: "t", authenticator: { aaguid: "apple" } },
      "aaguid must be a UUID",
    ],
    [
      "POST",
      "/passkeys/sign-in",
      { action: "a", credential: { credentialId: "AAAA", privateKey: "AAAA", userHandle: "AAAA" } },
      "credential.privateKey must be a key of a passkey",
    ],
    [
      "POST",
      "/passkeys/sign-in",
      {
        action: "a",
        credentialId: "A",
        credential: { credentialId: "A", privateKey: "A", userHandle: "A" },
      },
      "Write either credential, or credentialId",
    ],
    [
      "POST",
      "/challenges/complete",
      { token: "t", url: "http://localhost/?token=t" },
      "either track's token",
    ],
    [
      "PUT",
      "/tenants/two",
      { tenantId: "three", secrets: ["s"], rpId: "localhost", expectedOrigins: [] },
      'tenantId is "two" in the path',
    ],
  ])("%s %s refuses %j", async (method, path, body, sentence) => {
    const answer = await control(path, method, body);
    expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    expect(answer.body.errorDescription).toContain(sentence);
  });

  test("a sign-in by token refuses another tenant than the token's", async () => {
    const { userId } = await enrolled(running);
    const token = await running.track(userId, { action: "pay" });
    expect(await control("/passkeys/sign-in", "POST", { token, tenantId: "other" })).toMatchObject({
      status: 400,
      body: { errorDescription: expect.stringContaining("tenantId must be that of the token") },
    });
  });

  test("completing a challenge refuses an address that its method does not use", async () => {
    const { userId } = await enrolled(running);
    const token = await running.track(userId, { action: "pay" });
    await expect(running.emulator.completeChallenge({ token, email: "a@example.com" })).rejects.toThrow(
      "email has no effect on a challenge by PASSKEY",
    );
  });

  test("completing a challenge uses the address that is asked for, and enrolls no second one unasked", async () => {
    const userId = newUserId();
    await enrollEmail(running, userId, "one@example.com");
    const complete = async (email: string) =>
      running.emulator.completeChallenge({ token: await running.track(userId, { action: "pay" }), email });
    await expect(complete("two@example.com")).rejects.toThrow("does not allow adding");
    await enrollEmail(running, userId, "two@example.com");
    const { token } = await complete("two@example.com");
    const { idempotencyKey = "" } = await running.authsignal.validateChallenge({ token });
    const authenticators = await running.authsignal.getAuthenticators({ userId });
    expect(await running.authsignal.getAction({ userId, action: "pay", idempotencyKey })).toMatchObject({
      verifiedByAuthenticatorId: authenticators.find(({ email }) => email === "two@example.com")
        ?.userAuthenticatorId,
    });
  });
});

test.each([
  "*",
  "/v1/*",
  "/v1/users/ada",
  "/v1/users/*/actions/pay",
  "/v1/users/a*a/authenticators",
  "*/validate",
  "/v1/client/*/passkey",
])("a fault for %s can strike, so it is taken", async (path) => {
  expect(await control("/faults", "POST", { status: 500, path })).toMatchObject({ status: 200 });
});

describe("a tenant", () => {
  test.each<[string, Partial<TenantOptions>, string]>([
    ["an action code", { actions: { "sign in": { outcome: "BLOCK" } } }, "must be an action code"],
    ["the code of actions without one", { anonymousActionCode: "sign in" }, "must be an action code"],
    ["an IP address as RP ID", { rpId: "127.0.0.1" }, "is an IP address, for which no browser has passkeys"],
    ["an RP ID with a port", { rpId: "localhost:3000" }, "must be a host name such as example.com"],
    [
      "a default that the action does not permit",
      { actions: { pay: { verificationMethods: ["PASSKEY"], defaultVerificationMethod: "SMS" } } },
      "must be one of its verificationMethods",
    ],
  ])("with a wrong value is refused: %s", async (_what, changes, sentence) => {
    await expect(startEmulator({ tenants: [testTenant(changes)] })).rejects.toThrow(sentence);
  });
});

describe("the API", () => {
  const api = (method: string, path: string, body?: object) =>
    send(`${running.emulator.apiUrl}${path}`, {
      method,
      headers: { authorization: secretAuthorization(secret) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  test.each([
    ["POST", "/users/u/actions/pay", { email: "ada" }, "The email address is invalid."],
    ["POST", "/users/u/actions/pay", { phoneNumber: "call me" }, "The phone number is invalid."],
    ["POST", "/users/u/actions/pay", { redirectUrl: "javascript:alert(1)" }, "redirectUrl must be a URL"],
    ["PATCH", "/users/u", { email: "ada" }, "The email address is invalid."],
    ["PATCH", "/users/u", { phoneNumber: "call me" }, "The phone number is invalid."],
    ["GET", "/users/u/actions?state=DONE", undefined, "state must be one of ALLOW"],
  ])("%s %s refuses %j", async (method, path, body, sentence) => {
    const answer = await api(method, path, body);
    expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    expect(answer.body.errorDescription).toContain(sentence);
  });

  test("update-user still clears an address with null", async () => {
    await api("PATCH", "/users/u", { email: "ada@example.com" });
    expect((await api("PATCH", "/users/u", { email: null })).body.email).toBeUndefined();
  });

  test("a device is remembered until a time in the future only", async () => {
    await api("POST", "/users/u/actions/pay", { deviceId: "d" });
    const past = { rememberedUntil: "2001-01-01T00:00:00Z" };
    expect(await api("PATCH", "/users/u/devices/d", past)).toMatchObject({ status: 400 });
  });

  test("a rule can ask whether the device is remembered, which ends with its time", async () => {
    const rule = { ...aRule, when: { isRememberedDevice: true }, outcome: "ALLOW" as const };
    running.emulator.seed({ actions: [{ actionCode: "pay", rules: [rule] }] });
    const { userId } = await enrolled(running);
    const { authsignal } = callersOf(running.emulator);
    const state = async () =>
      (await authsignal.track({ userId, action: "pay", attributes: { deviceId: "d" } })).state;
    expect(await state()).toBe("CHALLENGE_REQUIRED");
    const rememberedUntil = new Date(running.emulator.clock.now() + 60_000).toISOString();
    await api("PATCH", `/users/${userId}/devices/d`, { rememberedUntil });
    expect(await state()).toBe("ALLOW");
    running.emulator.clock.advance(61_000);
    expect(await state()).toBe("CHALLENGE_REQUIRED");
  });

  test.each([
    ["10.1.0.0/16", "10.1.200.3", true],
    ["10.1.0.0/16", "10.2.0.1", false],
    ["2001:db8::/32", "2001:db8::7", true],
    ["2001:db8::7", "2001:0db8:0:0::7", true],
    ["10.0.*", "10.0.0.1", true],
    ["10.0.0.1", "not an address", false],
  ])("a rule for %s meets %s: %s", async (ipAddress, tracked, applies) => {
    running.emulator.seed({
      actions: [{ actionCode: "pay", rules: [{ ...aRule, outcome: "BLOCK", when: { ipAddress } }] }],
    });
    const { body } = await api("POST", "/users/u/actions/pay", { ipAddress: tracked });
    expect(body.state === "BLOCK").toBe(applies);
  });
});
