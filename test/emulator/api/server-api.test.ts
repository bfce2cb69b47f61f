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
  test("tracks an action and answers a token for the browser", async () => {
    const tracked = await running.authsignal.track({ userId: newUserId(), action: "sign-in" });
    expect(tracked).toMatchObject({ state: "ALLOW", isEnrolled: false, enrolledVerificationMethods: [] });
    expect(tracked.allowedVerificationMethods).toContain("PASSKEY");
    expect(tracked.url).toContain("?");
    expect(tracked.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("challenges an enrolled user", async () => {
    const userId = newUserId();
    await enrollEmail(running, userId, `${userId}@example.com`);
    expect(await running.authsignal.track({ userId, action: "sign-in" })).toMatchObject({
      state: "CHALLENGE_REQUIRED",
      isEnrolled: true,
      defaultVerificationMethod: "EMAIL_OTP",
    });
  });

  test("says that an unfinished challenge is not valid", async () => {
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

  test("never calls ALLOW valid", async () => {
    const token = await running.track(newUserId(), { action: "sign-in" });
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({
      isValid: false,
      state: "ALLOW",
    });
  });

  test.each([
    ["another user", { userId: "somebody-else" }, "User is invalid."],
    ["another action", { action: "pay" }, "Action is invalid."],
  ])("refuses to validate a token for %s, with 200 and nothing else", async (_what, expected, error) => {
    const token = await running.track(newUserId(), { action: "sign-in" });
    expect(await running.authsignal.validateChallenge({ token, ...expected })).toEqual({
      isValid: false,
      error,
    });
  });

  test("calls a forged token invalid", async () => {
    expect(await running.authsignal.validateChallenge({ token: "not.a.token" })).toEqual({ isValid: false });
  });

  test("tracks the same occurrence once", async () => {
    const userId = newUserId();
    const attributes = { idempotencyKey: "order-1" };
    await running.authsignal.track({ userId, action: "pay", attributes });
    await enrollEmail(running, userId, `${userId}@example.com`);
    expect(await running.authsignal.track({ userId, action: "pay", attributes })).toMatchObject({
      state: "ALLOW",
    });
    expect(await running.authsignal.queryUserActions({ userId })).toHaveLength(1);
  });

  test("reads and updates one occurrence of an action", async () => {
    const userId = newUserId();
    const { idempotencyKey } = await running.authsignal.track({ userId, action: "pay" });
    const name = { userId, action: "pay", idempotencyKey };
    expect(await running.authsignal.getAction(name)).toMatchObject({ state: "ALLOW", output: {}, rules: [] });
    const attributes = { state: UserActionState.REVIEW_REQUIRED };
    expect(await running.authsignal.updateAction({ ...name, attributes })).toMatchObject(attributes);
    await expect(running.authsignal.getAction({ ...name, idempotencyKey: "unknown" })).rejects.toMatchObject({
      statusCode: 404,
      errorCode: "not_found",
    });
  });

  test("lists a user's actions, newest first, filtered", async () => {
    const userId = newUserId();
    for (const action of ["first", "second", "third"]) await running.authsignal.track({ userId, action });
    const codes = async (filter: object) =>
      (await running.authsignal.queryUserActions({ userId, ...filter })).map((action) => action.actionCode);
    expect((await codes({})).sort()).toEqual(["first", "second", "third"]);
    expect(await codes({ actionCodes: ["second"] })).toEqual(["second"]);
    expect(await codes({ state: UserActionState.BLOCK })).toEqual([]);
    expect(await codes({ fromDate: "2999-01-01T00:00:00.000Z" })).toEqual([]);
  });

  test("refuses an action code that Authsignal does not allow", async () => {
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

  test("tells whether a challenge is completed", async () => {
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

  test("finds a challenge by the user who claimed it, until that user is deleted", async () => {
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

  test("says that a wrong or spent code is invalid", async () => {
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

  test("replaces the code when a challenge is sent again", async () => {
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
  ])("refuses to claim a challenge %s", async (_when, verified, { second }: { second?: string }) => {
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
