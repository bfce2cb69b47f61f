/** Rules, reviews, failures, and the other settings of a tenant that decide what an operation answers. */
import { describe, expect, test } from "vitest";
import { startEmulator, type TenantOptions } from "../../../server/emulator/index.ts";
import {
  callersOf,
  enrollEmail,
  enrolled,
  newUserId,
  type Running,
  testTenant,
} from "../running-emulator.ts";

async function withTenant(changes: Partial<TenantOptions>, use: (running: Running) => Promise<void>) {
  const emulator = await startEmulator({ tenants: [testTenant(changes)] });
  try {
    await use(callersOf(emulator));
  } finally {
    await emulator.close();
  }
}

describe("rules of an action", () => {
  const rules = [
    { ruleId: "large", name: "Large payment", when: { custom: { isLarge: true } }, outcome: "BLOCK" },
    { ruleId: "office", name: "Office", when: { ipAddress: "10.0.*" }, outcome: "ALLOW" },
    { ruleId: "bot", name: "Bot", when: { userAgent: "bot" }, outcome: "REVIEW" },
    { ruleId: "known", name: "Known device", when: { isNewDevice: false }, outcome: "ALLOW" },
  ] as const;
  const action = { outcome: "CHALLENGE", rules } as const;

  test.each([
    [{}, "CHALLENGE_REQUIRED", []],
    [{ custom: { isLarge: true }, ipAddress: "10.0.0.7" }, "BLOCK", ["large"]],
    [{ custom: { isLarge: false }, ipAddress: "10.0.0.7" }, "ALLOW", ["office"]],
    [{ ipAddress: "10.1.0.7", userAgent: "a bot" }, "REVIEW_REQUIRED", ["bot"]],
    [{ deviceId: "unknown" }, "CHALLENGE_REQUIRED", []],
    [{ deviceId: "known" }, "ALLOW", ["known"]],
  ])("what track sends, %j, decides: %s", async (attributes, state, ruleIds) => {
    await withTenant({ actions: { pay: action } }, async (running) => {
      const { userId } = await enrolled(running);
      await running.authsignal.track({ userId, action: "other", attributes: { deviceId: "known" } });
      const tracked = await running.authsignal.track({ userId, action: "pay", attributes });
      expect(tracked).toMatchObject({ state, ruleIds });
      const { idempotencyKey } = tracked;
      expect(await running.authsignal.getAction({ userId, action: "pay", idempotencyKey })).toMatchObject({
        rules: ruleIds.map((ruleId) => expect.objectContaining({ ruleId })),
      });
    });
  });

  test.each([
    [1000, "ALLOW"],
    [1001, "BLOCK"],
    ["1001", "ALLOW"],
    [5000, "ALLOW"],
  ])("a rule for an amount above 1000 and below 5000 gives %j the outcome %s", async (amount, state) => {
    const when = { custom: { amount: { above: 1000, below: 5000 } } };
    const large = { ruleId: "large", name: "Large", when, outcome: "BLOCK" } as const;
    await withTenant({ actions: { pay: { outcome: "ALLOW", rules: [large] } } }, async (running) => {
      const attributes = { custom: { amount } };
      expect(await running.authsignal.track({ userId: "u", action: "pay", attributes })).toMatchObject({
        state,
      });
    });
  });

  test("a seed sets the rules of an action", async () => {
    await withTenant({}, async (running) => {
      running.emulator.seed({ actions: [{ actionCode: "pay", ...action }] });
      const attributes = { custom: { isLarge: true } };
      expect(await running.authsignal.track({ userId: "u", action: "pay", attributes })).toMatchObject({
        state: "BLOCK",
      });
    });
  });
});

describe("states", () => {
  test.each([
    ["keep", "REVIEW_REQUIRED", false],
    ["succeed", "CHALLENGE_SUCCEEDED", true],
  ] as const)(
    "a challenge in review with reviewCompletion %s ends as %s",
    async (reviewCompletion, state, isValid) => {
      await withTenant({ reviewCompletion, actions: { pay: { outcome: "REVIEW" } } }, async (running) => {
        const { userId, client } = await enrolled(running);
        const token = await client.signInWithToken({ token: await running.track(userId, { action: "pay" }) });
        expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ state, isValid });
      });
    },
  );

  test.each([
    ["keep", "CHALLENGE_REQUIRED"],
    ["fail", "CHALLENGE_FAILED"],
  ] as const)(
    "too many wrong codes with attemptsExceeded %s leave the state %s",
    async (attemptsExceeded, state) => {
      const limits = { tries: { times: 2, withinMinutes: 5 } };
      await withTenant({ attemptsExceeded, limits }, async (running) => {
        const userId = newUserId();
        await enrollEmail(running, userId, "tries@example.com");
        const token = await running.track(userId);
        await running.post("/challenge/email-otp", {}, token);
        for (let tries = 0; tries < 3; tries += 1)
          await running.post("/verify/email-otp", { verificationCode: "x" }, token);
        expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ state });
      });
    },
  );
});

describe("settings", () => {
  test("codes have the tenant's length, and a fixed code must have it too", async () => {
    await withTenant({ codeLength: 8 }, async (running) => {
      await running.authsignal.challenge({
        verificationMethod: "EMAIL_OTP",
        action: "a",
        email: "e@example.com",
      });
      expect(running.code("e@example.com")).toMatch(/^\d{8}$/);
      expect(() => running.emulator.fixCode({ to: "e@example.com", code: "123456" })).toThrow("8 digits");
    });
  });

  test("sends are limited as the tenant says", async () => {
    await withTenant(
      { limits: { sends: { times: 1, withinMinutes: 1 } } },
      async ({ authsignal, emulator }) => {
        const send = () =>
          authsignal.challenge({ verificationMethod: "EMAIL_OTP", action: "a", email: "e@example.com" });
        await send();
        await expect(send()).rejects.toMatchObject({ statusCode: 429 });
        emulator.clock.advance(61_000);
        await send();
      },
    );
  });

  test("registration options carry the tenant's attachment and hints", async () => {
    const hints = ["hybrid"] as const;
    const tenant = { authenticatorAttachment: "cross-platform", passkeyRegistrationHints: hints } as const;
    await withTenant(tenant, async (running) => {
      const path = "/user-authenticators/passkey/registration-options";
      const { body } = await running.post(path, {}, await running.track(newUserId()));
      expect(body.options).toMatchObject({
        hints,
        authenticatorSelection: { authenticatorAttachment: "cross-platform" },
      });
    });
  });

  test("the service's all-supported permits any attachment", async () => {
    await withTenant({ authenticatorAttachment: "all-supported" }, async (running) => {
      const path = "/user-authenticators/passkey/registration-options";
      const { body } = await running.post(path, {}, await running.track(newUserId()));
      expect(body.options.authenticatorSelection).not.toHaveProperty("authenticatorAttachment");
    });
  });

  test.each(["unknown_credential", "invalid_credential"] as const)(
    "a sign-in with a removed passkey answers %s",
    async (removedCredential) => {
      await withTenant({ removedCredential }, async (running) => {
        const { userId, client } = await enrolled(running);
        await running.authsignal.deleteUser({ userId });
        await expect(client.signIn({ action: "a" })).rejects.toMatchObject({ errorCode: removedCredential });
      });
    },
  );

  test("a second authenticator of one method can be forbidden", async () => {
    await withTenant({ allowMultipleAuthenticators: false }, async (running) => {
      const { userId } = await enrolled(running);
      const token = await running.track(userId, { scope: "add:authenticators" });
      const answer = await running.post("/user-authenticators/passkey/registration-options", {}, token);
      expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    });
  });

  test.each([
    ["documented", "invalid_request"],
    ["distinct", "not_found"],
  ] as const)("the Server API's errors have %s codes", async (errorCodes, errorCode) => {
    await withTenant({ errorCodes }, async ({ authsignal }) => {
      const unknown = { userId: "u", action: "a", idempotencyKey: "k" };
      await expect(authsignal.getAction(unknown)).rejects.toMatchObject({ statusCode: 404, errorCode });
    });
  });
});
