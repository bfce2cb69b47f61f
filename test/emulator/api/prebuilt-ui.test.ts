/** The page at track's `url`, without a browser: where it leads, what it may do, and the operation that does the same. */
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import {
  callersOf,
  controlOf,
  enrollEmail,
  enrolled,
  newUserId,
  runEmulator,
  send,
  testTenant,
} from "../running-emulator.ts";

const running = runEmulator();
const control = controlOf(running);
const redirectUrl = "http://localhost:3000/callback?next=%2Fpay";

const ask = (path: string, token: string, body: object = {}) =>
  send(`${running.emulator.url}/prebuilt${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });

describe("track's url", () => {
  test("leads to a page of the emulator and has a query already", async () => {
    const { url, token } = await running.authsignal.track({ userId: newUserId(), action: "a" });
    expect(url).toBe(`${running.emulator.url}/prebuilt?token=${token}`);
    const page = await fetch(`${url}&mode=popup`);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain("EMULATOR");
    expect(html).not.toMatch(/ style=| on[a-z]+=|<script>/);
    expect((await fetch(`${running.emulator.url}/prebuilt.js`)).status).toBe(200);
  });

  test("uses the public URL", async () => {
    const emulator = await startEmulator({ tenants: [testTenant()], publicUrl: "http://emulator:3001" });
    const { url } = await callersOf({
      ...emulator,
      apiUrl: `http://localhost:${emulator.port}/v1`,
    }).authsignal.track({
      userId: "u",
      action: "a",
    });
    expect(url).toContain("http://emulator:3001/prebuilt?token=");
    await emulator.close();
  });

  test("a redirectUrl that is not a URL is refused", async () => {
    const attributes = { redirectUrl: "/callback" };
    await expect(running.authsignal.track({ userId: "u", action: "a", attributes })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});

describe("the page's session", () => {
  test("shows what may be done, and the way back with the token", async () => {
    const userId = newUserId();
    const attributes = { email: `${userId}@example.com`, redirectUrl, redirectToSettings: true };
    const { token } = await running.authsignal.track({ userId, action: "pay", attributes });
    const { body } = await ask("/session", token);
    expect(body).toMatchObject({ actionCode: "pay", isEnrolled: false, isSettings: true, mayEnroll: true });
    expect(new URL(body.returnUrl).searchParams.get("token")).toBe(token);
    expect((await ask("/session", "forged")).status).toBe(401);
    expect((await fetch(`${running.emulator.url}/prebuilt/session`)).status).toBe(405);
  });

  test("removes an authenticator after a challenge, and not before", async () => {
    const { userId, client } = await enrolled(running);
    await enrollEmail(running, userId, `${userId}@example.com`);
    const [passkey] = await running.authsignal.getAuthenticators({ userId });
    const { userAuthenticatorId = "" } = passkey ?? {};
    const token = await running.track(userId);
    expect((await ask("/remove", token, { userAuthenticatorId })).status).toBe(403);
    const resultToken = await client.signInWithToken({ token });
    expect((await ask("/remove", resultToken, { userAuthenticatorId: "another" })).status).toBe(400);
    expect((await ask("/remove", resultToken, { userAuthenticatorId })).status).toBe(200);
    expect(await running.authsignal.getAuthenticators({ userId })).toHaveLength(1);
  });
});

describe("completing a challenge by one operation", () => {
  test("enrolls the tracked address, and answers the result token and the way back", async () => {
    const userId = newUserId();
    const attributes = { email: `${userId}@example.com`, redirectUrl };
    const { url } = await running.authsignal.track({ userId, action: "pay", attributes });
    const { body } = await control("/challenges/complete", "POST", { url });
    expect(new URL(body.redirectUrl).searchParams.get("token")).toBe(body.token);
    expect(new URL(body.redirectUrl).searchParams.get("next")).toBe("/pay");
    expect(
      await running.authsignal.validateChallenge({ token: body.token, userId, action: "pay" }),
    ).toMatchObject({
      isValid: true,
      verificationMethod: "EMAIL_OTP",
    });
    expect(await running.authsignal.getUser({ userId })).toMatchObject({
      isEnrolled: true,
      emailVerified: true,
    });
  });

  test("uses an enrolled passkey without a browser", async () => {
    const { userId } = await enrolled(running);
    const { token } = await running.authsignal.track({ userId, action: "pay" });
    const completed = await running.emulator.completeChallenge({ token });
    expect(completed).toMatchObject({ verificationMethod: "PASSKEY", redirectUrl: undefined });
  });

  test.each([
    [{}, "token is required"],
    [{ verificationMethod: "PASSKEY" as const }, "POST /emulator/passkeys/sign-up"],
    [{ verificationMethod: "SMS" as const }, "phoneNumber is required"],
  ])("refuses %j with a sentence", async (wishes, sentence) => {
    const token = Object.keys(wishes).length === 0 ? {} : { token: await running.track(newUserId()) };
    await expect(running.emulator.completeChallenge({ ...wishes, ...token })).rejects.toThrow(sentence);
  });

  test("refuses a blocked action", async () => {
    running.emulator.seed({ actions: [{ actionCode: "blocked", outcome: "BLOCK" }] });
    const token = await running.track(newUserId(), { action: "blocked", email: "b@example.com" });
    await expect(running.emulator.completeChallenge({ token })).rejects.toThrow("blocked");
  });
});

test("client/init answers what the React SDK shows: methods, user and a token", async () => {
  const { userId } = await enrolled(running);
  await enrollEmail(running, userId, `${userId}@example.com`);
  const token = await running.track(userId, { action: "pay", email: `${userId}@example.com` });
  const { body } = await running.post("/init", {}, token);
  expect(body.challengeOptions).toMatchObject({
    defaultVerificationMethod: "PASSKEY",
    verificationMethods: ["EMAIL_OTP", "PASSKEY"],
    user: { email: `${userId}@example.com` },
  });
  const usable = await running.post("/challenge/email-otp", {}, body.challengeOptions.token);
  expect(usable.status).toBe(200);
});

test("there is nothing below the page but its own two operations", async () => {
  for (const method of ["GET", "POST"]) {
    const answer = await send(`${running.emulator.url}/prebuilt/nothing`, { method });
    expect(answer).toMatchObject({ status: 404, body: { errorCode: "not_found" } });
  }
});
