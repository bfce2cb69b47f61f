// @vitest-environment jsdom
// @vitest-environment-options { "url": "http://localhost:3000/" }
import "./server-sdk-in-jsdom.ts";
import { Authsignal } from "@authsignal/browser";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../../server/emulator/index.ts";
import { asNavigatorCredentials, type BrowserWebAuthn } from "../../kit/navigator-credentials.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { callersOf, newUserId, origin, type Running, tenantId, testTenant } from "../running-emulator.ts";
import { totp } from "./totp.ts";

let emulator: Emulator;
let running: Running;
let authenticator: SoftAuthenticator;
let browser: BrowserWebAuthn;
let uninstall: () => void;

beforeAll(async () => {
  emulator = await startEmulator({ tenants: [testTenant()] });
  running = callersOf(emulator);
  authenticator = createSoftAuthenticator();
  browser = asNavigatorCredentials(authenticator, origin);
  uninstall = browser.install(window);
});
afterAll(async () => {
  uninstall();
  await emulator.close();
});
afterEach(() => localStorage.clear());

function sdk(onTokenExpired?: () => void): Authsignal {
  return new Authsignal({ tenantId, baseUrl: emulator.apiUrl, ...(onTokenExpired && { onTokenExpired }) });
}

test("the browser SDK enrolls a passkey and signs in with it, by action and by token", async () => {
  const userId = newUserId();
  const signedUp = await sdk().passkey.signUp({
    token: await running.track(userId),
    username: "jane@example.com",
  });
  expect(signedUp.data?.userAuthenticator).toMatchObject({ verificationMethod: "PASSKEY" });

  const byAction = await sdk().passkey.signIn({ action: "sign-in-with-passkey" });
  expect(byAction.data).toMatchObject({ isVerified: true, userId, username: "jane@example.com" });
  const token = byAction.data?.token ?? "";
  expect(await running.authsignal.validateChallenge({ token, action: "sign-in-with-passkey" })).toMatchObject(
    {
      isValid: true,
      userId,
    },
  );

  const byToken = await sdk().passkey.signIn({ token: await running.track(userId, { action: "pay" }) });
  expect(byToken.data).toMatchObject({ isVerified: true, userId });
  expect(await sdk().passkey.isAvailableOnDevice({ userId })).toBe(true);
});

test("the browser SDK signs in without an action, under the tenant's default code", async () => {
  await sdk().passkey.signUp({ token: await running.track(newUserId()) });
  const { data } = await sdk().passkey.signIn();
  expect(await running.authsignal.validateChallenge({ token: data?.token ?? "" })).toMatchObject({
    isValid: true,
    action: "passkeySignIn",
  });
});

test("the browser SDK signs in by autofill", async () => {
  const input = document.body.appendChild(document.createElement("input"));
  input.autocomplete = "username webauthn";
  const userId = newUserId();
  await sdk().passkey.signUp({ token: await running.track(userId) });
  const signingIn = sdk().passkey.signIn({ action: "sign-in", autofill: true });
  await browser.autofill.whenPending();
  browser.autofill.pick();
  expect((await signingIn).data).toMatchObject({ isVerified: true, userId });
});

test("the browser SDK uses the cookie variants", async () => {
  await sdk().passkey.signUp({ token: await running.track(newUserId()), useCookies: true });
  expect((await sdk().passkey.signIn({ useCookies: true })).data).toMatchObject({ isVerified: true });
});

test("the browser SDK shows the service's error codes", async () => {
  const userId = newUserId();
  await sdk().passkey.signUp({ token: await running.track(userId) });
  const withoutScope = await sdk().passkey.signUp({ token: await running.track(userId) });
  expect(withoutScope).toMatchObject({ errorCode: "forbidden" });

  await running.authsignal.deleteUser({ userId });
  expect(await sdk().passkey.signIn({ action: "sign-in" })).toMatchObject({
    errorCode: "unknown_credential",
  });
});

test("the browser SDK gets the error of an expired token", async () => {
  const token = await running.track(newUserId());
  emulator.clock.advance(11 * 60_000);
  let isTold = false;
  const authsignal = sdk(() => {
    isTold = true;
  });
  expect(await authsignal.passkey.signUp({ token })).toMatchObject({ errorCode: "expired_token" });
  expect(isTold).toBe(true);
  emulator.clock.resume();
});

test("the browser SDK enrolls and challenges an e-mail address", async () => {
  const userId = newUserId();
  const email = `${userId}@example.com`;
  const authsignal = sdk();
  authsignal.setToken(await running.track(userId));
  expect((await authsignal.email.enroll({ email })).data).toHaveProperty("userAuthenticatorId");
  expect((await authsignal.email.verify({ code: "wrong" })).data).toMatchObject({ isVerified: false });
  expect((await authsignal.email.verify({ code: running.code(email) })).data).toMatchObject({
    isVerified: true,
  });

  authsignal.setToken(await running.track(userId, { action: "sign-in" }));
  expect((await authsignal.email.challenge()).data).toHaveProperty("challengeId");
  expect((await authsignal.email.verify({ code: running.code(email) })).data).toMatchObject({
    isVerified: true,
  });
});

test("the browser SDK uses SMS, WhatsApp, an authenticator app and a magic link", async () => {
  const authsignal = sdk();
  const phoneNumber = "+6421000003";
  authsignal.setToken(await running.track(newUserId()));
  await authsignal.sms.enroll({ phoneNumber });
  expect((await authsignal.sms.verify({ code: running.code(phoneNumber) })).data).toMatchObject({
    isVerified: true,
  });

  const other = "+6421000004";
  const tracked = await running.authsignal.track({
    userId: newUserId(),
    action: "a",
    attributes: { phoneNumber: other },
  });
  authsignal.setToken(tracked.token);
  await authsignal.whatsapp.challenge();
  expect((await authsignal.whatsapp.verify({ code: running.code(other) })).data).toMatchObject({
    isVerified: true,
  });

  authsignal.setToken(await running.track(newUserId()));
  const enrolled = await authsignal.totp.enroll();
  const code = totp(enrolled.data?.secret ?? "", Date.now());
  expect((await authsignal.totp.verify({ code })).data).toMatchObject({ isVerified: true });

  const userId = newUserId();
  const email = `${userId}@example.com`;
  authsignal.setToken(await running.track(userId));
  await authsignal.emailML.enroll({ email });
  await fetch(emulator.messages({ to: email })[0]?.link ?? "");
  expect((await authsignal.emailML.checkVerificationStatus()).data).toMatchObject({ isVerified: true });
});

test("the browser SDK enrolls and uses a security key", async () => {
  const key = asNavigatorCredentials(createSoftAuthenticator({ transport: "usb" }), origin);
  const restore = key.install(window);
  const userId = newUserId();
  const authsignal = sdk();
  authsignal.setToken(await running.track(userId));
  expect((await authsignal.securityKey.enroll()).data).toMatchObject({ token: expect.any(String) });
  authsignal.setToken(await running.track(userId, { action: "pay" }));
  expect((await authsignal.securityKey.verify()).data).toMatchObject({ isVerified: true });
  restore();
});

test("the browser SDK gets 501 for an operation that is not emulated", async () => {
  const authsignal = sdk();
  authsignal.setToken(await running.track(newUserId()));
  expect(await authsignal.push.challenge({ action: "a" })).toMatchObject({ errorCode: "not_implemented" });
});
