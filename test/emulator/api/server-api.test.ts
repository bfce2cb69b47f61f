import { UserActionState, VerificationMethod } from "@authsignal/node";
import { describe, expect, test } from "vitest";
import {
  enrollEmail,
  newUserId,
  runEmulator,
  secret,
  secretAuthorization,
  send,
} from "../running-emulator.ts";

const running = runEmulator();

describe("actions", () => {
  test("track answers a token for the browser", async () => {
    const tracked = await running.authsignal.track({ userId: newUserId(), action: "sign-in" });
    expect(tracked).toMatchObject({ state: "ALLOW", isEnrolled: false, enrolledVerificationMethods: [] });
    expect(tracked.allowedVerificationMethods).toContain("PASSKEY");
    expect(tracked.url).toContain("?");
    expect(tracked.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("track challenges an enrolled user", async () => {
    const userId = newUserId();
    await enrollEmail(running, userId, `${userId}@example.com`);
    expect(await running.authsignal.track({ userId, action: "sign-in" })).toMatchObject({
      state: "CHALLENGE_REQUIRED",
      isEnrolled: true,
      defaultVerificationMethod: "EMAIL_OTP",
    });
  });

  test("validate says that an unfinished challenge is not valid", async () => {
    const userId = newUserId();
    await enrollEmail(running, userId, `${userId}@example.com`);
    const { token, idempotencyKey } = await running.authsignal.track({ userId, action: "sign-in" });
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({
      isValid: false,
      state: "CHALLENGE_REQUIRED",
      userId,
      action: "sign-in",
      idempotencyKey,
    });
  });

  test("validate does not call the state ALLOW valid", async () => {
    const token = await running.track(newUserId(), { action: "sign-in" });
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({
      isValid: false,
      state: "ALLOW",
    });
  });

  test.each([
    ["another user", { userId: "somebody-else" }, "User is invalid."],
    ["another action", { action: "pay" }, "Action is invalid."],
  ])(
    "validate answers a token for %s with 200, isValid false and an error only",
    async (_what, expected, error) => {
      const token = await running.track(newUserId(), { action: "sign-in" });
      expect(await running.authsignal.validateChallenge({ token, ...expected })).toEqual({
        isValid: false,
        error,
      });
    },
  );

  test("validate calls a forged token invalid", async () => {
    expect(await running.authsignal.validateChallenge({ token: "not.a.token" })).toEqual({ isValid: false });
  });

  test("tracking the same idempotency key again answers the same action", async () => {
    const userId = newUserId();
    const attributes = { idempotencyKey: "order-1" };
    await running.authsignal.track({ userId, action: "pay", attributes });
    await enrollEmail(running, userId, `${userId}@example.com`);
    expect(await running.authsignal.track({ userId, action: "pay", attributes })).toMatchObject({
      state: "ALLOW",
    });
    expect(await running.authsignal.queryUserActions({ userId })).toHaveLength(1);
  });

  test("the Server API reads and updates one occurrence of an action", async () => {
    const userId = newUserId();
    const { idempotencyKey } = await running.authsignal.track({ userId, action: "pay" });
    const name = { userId, action: "pay", idempotencyKey };
    expect(await running.authsignal.getAction(name)).toMatchObject({ state: "ALLOW", output: {}, rules: [] });
    const attributes = { state: UserActionState.REVIEW_REQUIRED };
    expect(await running.authsignal.updateAction({ ...name, attributes })).toMatchObject(attributes);
    await expect(running.authsignal.getAction({ ...name, idempotencyKey: "unknown" })).rejects.toMatchObject({
      statusCode: 404,
      errorCode: "invalid_request",
    });
  });

  test("the Server API lists a user's actions, newest first and filtered", async () => {
    const userId = newUserId();
    for (const action of ["first", "second", "third"]) await running.authsignal.track({ userId, action });
    const codes = async (filter: object) =>
      (await running.authsignal.queryUserActions({ userId, ...filter })).map((action) => action.actionCode);
    expect((await codes({})).sort()).toEqual(["first", "second", "third"]);
    expect(await codes({ actionCodes: ["second"] })).toEqual(["second"]);
    expect(await codes({ state: UserActionState.BLOCK })).toEqual([]);
    expect(await codes({ fromDate: "2999-01-01T00:00:00.000Z" })).toEqual([]);
  });

  test("track refuses an action code that Authsignal does not allow", async () => {
    await expect(running.authsignal.track({ userId: "u", action: "sign in!" })).rejects.toMatchObject({
      statusCode: 400,
      errorCode: "invalid_request",
    });
  });
});

describe("challenges", () => {
  const challenge = (email: string) =>
    running.authsignal.challenge({
      verificationMethod: VerificationMethod.EMAIL_OTP,
      action: "sign-in",
      email,
    });

  test("the Server API says whether a challenge is completed", async () => {
    const email = "completed@example.com";
    const { challengeId } = await challenge(email);
    expect(await running.authsignal.getChallenge({ challengeId })).not.toHaveProperty("verificationMethod");
    await running.authsignal.verify({ challengeId, verificationCode: running.code(email) });
    const completed = { challengeId, email, verificationMethod: "EMAIL_OTP", action: "sign-in" };
    expect(await running.authsignal.getChallenge({ challengeId })).toMatchObject(completed);
    const posted = await send(`${running.emulator.apiUrl}/challenges`, {
      method: "POST",
      headers: { authorization: secretAuthorization(secret) },
      body: JSON.stringify({ challengeId }),
    });
    expect(posted.body).toMatchObject(completed);
    expect(await running.authsignal.getChallenge({ challengeId: "unknown" })).toEqual({});
  });

  test("a challenge is found by the user who claimed it, until that user is deleted", async () => {
    const email = "claimed-by@example.com";
    const userId = newUserId();
    const { challengeId } = await challenge(email);
    await running.authsignal.verify({ challengeId, verificationCode: running.code(email) });
    expect(await running.authsignal.getChallenge({ userId })).toEqual({});
    await running.authsignal.claimChallenge({ challengeId, userId });
    expect(await running.authsignal.getChallenge({ userId })).toMatchObject({ challengeId, email });
    await running.authsignal.deleteUser({ userId });
    expect(await running.authsignal.getChallenge({ challengeId })).toEqual({});
  });

  test("verify says that a wrong or used code is invalid", async () => {
    const email = "spent@example.com";
    const { challengeId } = await challenge(email);
    const refused = { isVerified: false, failureReason: "CODE_INVALID_OR_EXPIRED" };
    const verificationCode = running.code(email);
    const wrong = verificationCode === "000000" ? "111111" : "000000";
    expect(await running.authsignal.verify({ challengeId, verificationCode: wrong })).toEqual(refused);
    expect(await running.authsignal.verify({ challengeId, verificationCode })).toMatchObject({
      isVerified: true,
    });
    expect(await running.authsignal.verify({ challengeId, verificationCode })).toEqual(refused);
  });

  test("sending a challenge again replaces its code", async () => {
    const email = "again@example.com";
    const { challengeId, idempotencyKey } = await challenge(email);
    const first = running.code(email);
    expect(await running.authsignal.challenge({ challengeId })).toMatchObject({
      challengeId,
      idempotencyKey,
    });
    const second = running.code(email);
    if (first !== second) {
      expect(await running.authsignal.verify({ challengeId, verificationCode: first })).toMatchObject({
        isVerified: false,
      });
    }
    expect(await running.authsignal.verify({ challengeId, verificationCode: second })).toMatchObject({
      isVerified: true,
    });
  });

  test.each([
    ["before it is verified", false, {}],
    ["twice", true, {}],
    ["for another user after the first", true, { second: "somebody-else" }],
  ])("claiming a challenge %s is refused", async (_when, verified, { second }: { second?: string }) => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    const { challengeId } = await challenge(email);
    if (verified) {
      await running.authsignal.verify({ challengeId, verificationCode: running.code(email) });
      await running.authsignal.claimChallenge({ challengeId, userId });
    }
    await expect(
      running.authsignal.claimChallenge({ challengeId, userId: second ?? userId }),
    ).rejects.toMatchObject({ statusCode: 400, errorCode: "invalid_request" });
  });
});
