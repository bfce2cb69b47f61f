import { afterEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import {
  callersOf,
  controlOf,
  newUserId,
  origin,
  runEmulator,
  secret,
  secretAuthorization,
  send,
  testTenant,
} from "../running-emulator.ts";

const running = runEmulator({ tenants: [testTenant({ limits: "documented" })] });
afterEach(() => running.emulator.reset());
const control = controlOf(running);

function sendCode(email: string) {
  return running.authsignal.challenge({ verificationMethod: "EMAIL_OTP", action: "sign-in", email });
}

describe("messages", () => {
  test("waitForMessage waits for a message that is sent later", async () => {
    const waiting = control("/messages/latest?to=late@example.com&wait=5000");
    await sendCode("late@example.com");
    expect((await waiting).body).toMatchObject({
      to: "late@example.com",
      code: running.code("late@example.com"),
    });
  });

  test("waitForMessage returns undefined if no message is sent in time", async () => {
    expect((await control("/messages?to=never@example.com&wait=10")).body).toEqual([]);
    expect((await control("/messages/latest?to=never@example.com")).status).toBe(404);
  });

  test("messages returns only the messages after a known one", async () => {
    await sendCode("many@example.com");
    const [first] = running.emulator.messages({ to: "many@example.com" });
    await sendCode("many@example.com");
    expect(running.emulator.messages({ to: "many@example.com", after: first?.messageId })).toHaveLength(1);
  });

  test("clearMessages deletes the messages to one address", async () => {
    await sendCode("one@example.com");
    await sendCode("two@example.com");
    await control("/messages?to=one@example.com", "DELETE");
    expect(running.emulator.messages().map(({ to }) => to)).toEqual(["two@example.com"]);
  });

  test("an address gets its fixed code until validUntil", async () => {
    const { clock } = running.emulator;
    const validUntil = new Date(clock.now() + 60_000).toISOString();
    await control("/fixed-codes", "PUT", { to: "fixed@example.com", code: "424242", validUntil });
    await sendCode("fixed@example.com");
    expect(running.code("fixed@example.com")).toBe("424242");
    clock.advance(61_000);
    await sendCode("fixed@example.com");
    expect(running.emulator.messages({ to: "fixed@example.com" })).toHaveLength(2);
    expect((await control("/fixed-codes", "PUT", { to: "a@example.com", code: "abc" })).status).toBe(400);
  });
});

describe("clock", () => {
  test("advancing the clock expires codes, tokens and ceremonies", async () => {
    const { clock } = running.emulator;
    const authenticator = createSoftAuthenticator();
    const userId = newUserId();
    const token = await running.track(userId);
    const options = await running.post("/user-authenticators/passkey/authentication-options", {});
    const { challengeId } = await sendCode("expiring@example.com");
    await running.client(authenticator).signUp({ token });

    await control("/clock", "PUT", { advance: 10 * 60_000 + 1_000 });
    expect(
      await running.authsignal.verify({ challengeId, verificationCode: "000000" }).catch(String),
    ).not.toMatchObject({
      isVerified: true,
    });
    expect(await running.post("/challenge/email-otp", {}, token)).toMatchObject({
      status: 401,
      body: { error: "expired_token", errorCode: "expired_token" },
    });
    expect(await running.authsignal.validateChallenge({ token })).toEqual({ isValid: false });
    const authenticationCredential = await authenticator.get(options.body.options, { origin });
    expect(
      await running.post("/verify/passkey", {
        authenticationCredential,
        challengeId: options.body.challengeId,
      }),
    ).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    expect(clock.frozen).toBe(false);
  });

  test("the clock freezes, takes a time and resumes", async () => {
    const at = "2030-01-01T00:00:00.000Z";
    expect((await control("/clock", "PUT", { freeze: at })).body).toEqual({ now: at, isFrozen: true });
    expect((await control("/clock", "PUT", { advance: 1000 })).body.now).toBe("2030-01-01T00:00:01.000Z");
    expect((await control("/clock", "PUT", { resume: true })).body.isFrozen).toBe(false);
    expect((await control("/clock", "PUT", { set: "not a time" })).status).toBe(400);
  });

  test("a limit allows sends again after its window has passed", async () => {
    running.emulator.clock.freeze();
    for (let sent = 0; sent < 12; sent += 1) await sendCode("busy@example.com");
    await expect(sendCode("busy@example.com")).rejects.toMatchObject({
      statusCode: 429,
      errorCode: "too_many_requests",
    });
    running.emulator.clock.advance(10 * 60_000);
    await sendCode("busy@example.com");
  });

  test("a code cannot be tried more than ten times in five minutes", async () => {
    running.emulator.clock.freeze();
    const { challengeId } = await sendCode("guessed@example.com");
    const verificationCode = running.code("guessed@example.com");
    for (let tries = 0; tries < 10; tries += 1)
      await running.authsignal.verify({ challengeId, verificationCode: "x" });
    expect(await running.authsignal.verify({ challengeId, verificationCode })).toEqual({
      isVerified: false,
      failureReason: "MAX_ATTEMPTS_EXCEEDED",
    });
    running.emulator.clock.advance(5 * 60_000);
    expect(await running.authsignal.verify({ challengeId, verificationCode })).toMatchObject({
      isVerified: true,
    });
  });
});

describe("journal", () => {
  test("the journal says why a request of one user was refused, without secrets", async () => {
    const userId = newUserId();
    const token = await running.track(userId);
    await running.post("/verify/email-otp", { verificationCode: "123456" }, token);
    await running.post("/challenge/email-otp", {}, "forged");
    const entries = (await control(`/journal?userId=${userId}&refused=true`)).body;
    expect(entries).toMatchObject([
      { operation: "verify-email-otp", notes: ["no code was sent, or it has expired"] },
    ]);
    const everything = JSON.stringify(running.emulator.journal());
    for (const hidden of [token, secret, "123456"]) expect(everything).not.toContain(hidden);
  });

  test("the journal names the requests that matched no operation", async () => {
    const unknown = await send(`${running.emulator.apiUrl}/nonsense`, {
      headers: { authorization: secretAuthorization(secret) },
    });
    expect(unknown).toMatchObject({ status: 404, body: { message: "Not Found" } });
    expect(running.emulator.journal({ unmatched: true })).toMatchObject([{ path: "/v1/nonsense" }]);
  });
});

describe("reset", () => {
  test("reset deletes one user and keeps the others", async () => {
    const [gone, kept] = [newUserId(), newUserId()];
    for (const userId of [gone, kept]) {
      await running.authsignal.updateUser({ userId, attributes: { email: `${userId}@example.com` } });
    }
    await control("/reset", "POST", { userId: gone });
    expect((await running.authsignal.getUser({ userId: gone })).email).toBeUndefined();
    expect((await running.authsignal.getUser({ userId: kept })).email).toBe(`${kept}@example.com`);
  });

  test("reset deletes everything, including the clock offset and faults", async () => {
    running.emulator.clock.freeze();
    running.emulator.addFault({ path: "/v1/users/never", status: 500 });
    await sendCode("gone@example.com");
    await control("/reset", "POST");
    expect(running.emulator.messages()).toEqual([]);
    expect(running.emulator.faults()).toEqual([]);
    expect(running.emulator.clock.frozen).toBe(false);
  });
});

test("a state that is exported, imported elsewhere and exported again is the same byte for byte", async () => {
  const authenticator = createSoftAuthenticator();
  const userId = newUserId();
  await running.client(authenticator).signUp({ token: await running.track(userId) });
  await sendCode("exported@example.com");
  const exported = await (await fetch(`${running.emulator.url}/emulator/state`)).text();

  const other = await startEmulator({ tenants: [testTenant()] });
  const imported = await fetch(`${other.url}/emulator/state`, { method: "PUT", body: exported });
  expect(imported.status).toBe(200);
  expect(await (await fetch(`${other.url}/emulator/state`)).text()).toBe(exported);
  expect(await callersOf(other).client(authenticator).signIn({ action: "sign-in" })).toEqual(
    expect.any(String),
  );
  expect((await fetch(`${other.url}/emulator/state`, { method: "PUT", body: '{"version":9}' })).status).toBe(
    400,
  );
  await other.close();
});

test.each(["/", "/prebuilt", "/emulator/health", "/emulator/tenants"])(
  "HEAD %s answers as GET does, without a body, because tools wait for a server with it",
  async (path) => {
    const answer = await fetch(`${running.emulator.url}${path}`, { method: "HEAD" });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("");
  },
);

test("the page at /emulator/ shows every operation with a command, and the page at / leads there", async () => {
  const home = await (await fetch(running.emulator.url)).text();
  expect(home).toContain('href="/emulator/"');
  const answer = await fetch(`${running.emulator.url}/emulator/`);
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  const html = await answer.text();
  const { paths } = (await control("/openapi.json")).body;
  for (const path of Object.keys(paths))
    expect(html).toContain(`"$AUTHSIGNAL_EMULATOR_URL${path}`.replace('"', "&quot;"));
  expect(html).toContain("EMULATOR");
  expect(html).not.toMatch(/ style=| on[a-z]+=|<script/);
});
