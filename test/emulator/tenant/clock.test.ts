/** Moving the emulator's clock far ahead, and back. */
import { afterEach, expect, test } from "vitest";
import { totp } from "../api/totp.ts";
import { controlOf, newUserId, runEmulator, send, testTenant } from "../running-emulator.ts";

const running = runEmulator({ tenants: [testTenant({ limits: "documented" })] });
afterEach(() => running.emulator.reset());

const setClock = (body: object) => controlOf(running)("/clock", "PUT", body);

test.each([
  { set: "+275760-09-12T00:00:00Z" },
  { freeze: "+010000-01-01T00:00:00Z" },
  { set: "-000001-01-01T00:00:00Z" },
])("the clock refuses %j, a time that no answer can show", async (beyond) => {
  expect(await setClock(beyond)).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
  expect((await controlOf(running)("/clock")).status).toBe(200);
});

test("the clock refuses to be advanced beyond its last year, also in many steps", async () => {
  await setClock({ set: "9998-12-01T00:00:00Z" });
  expect((await setClock({ advance: 1e12 })).status).toBe(400);
  expect((await setClock({ advance: 1e9 })).status).toBe(200);
  expect(await running.authsignal.track({ userId: newUserId(), action: "far" })).toHaveProperty("token");
  expect((await send(`${running.emulator.url}/emulator/tenants`)).status).toBe(200);
});

test("limits forget what they counted before a test set the clock back", async () => {
  const sendCode = () =>
    running.authsignal.challenge({
      verificationMethod: "EMAIL_OTP",
      action: "sign-in",
      email: "back@example.com",
    });
  running.emulator.clock.advance(60 * 60_000);
  for (let sent = 0; sent < 12; sent += 1) await sendCode();
  await expect(sendCode()).rejects.toMatchObject({ statusCode: 429 });
  running.emulator.clock.resume();
  expect(await sendCode()).toHaveProperty("challengeId");
});

test("an authenticator app's code of today is accepted after a test set the clock back from a later use", async () => {
  const { clock } = running.emulator;
  clock.freeze();
  const now = clock.now();
  const token = await running.track(newUserId());
  const { secret } = (await running.post("/user-authenticators/totp", {}, token)).body;
  const verify = async (verificationCode: string) =>
    (await running.post("/verify/totp", { verificationCode }, token)).body.isVerified;
  clock.advance(5 * 60_000);
  expect(await verify(totp(secret, clock.now()))).toBe(true);
  clock.freeze(now);
  expect(await verify(totp(secret, now))).toBe(true);
  expect(await verify(totp(secret, now))).toBe(false);
});
