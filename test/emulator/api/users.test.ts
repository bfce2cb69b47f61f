import { describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { newUserId, runEmulator, secret, secretAuthorization, send } from "../running-emulator.ts";

const running = runEmulator();

describe("users", () => {
  test("an unknown user is answered as not enrolled", async () => {
    const user = await running.authsignal.getUser({ userId: "nobody" });
    expect(user).toMatchObject({ isEnrolled: false, emailVerified: false, phoneNumberVerified: false });
    expect(user.email).toBeUndefined();
  });

  test("updating a user keeps the other attributes", async () => {
    const userId = newUserId();
    await running.authsignal.updateUser({
      userId,
      attributes: { email: "a@example.com", custom: { plan: "pro" } },
    });
    const updated = await running.authsignal.updateUser({
      userId,
      attributes: { phoneNumber: "9876543210" },
    });
    expect(updated).toMatchObject({
      email: "a@example.com",
      phoneNumber: "9876543210",
      custom: { plan: "pro" },
    });
    expect(await running.authsignal.getUser({ userId })).toMatchObject({
      isEnrolled: false,
      email: "a@example.com",
    });
  });

  test("an address that changes is no longer verified", async () => {
    const userId = newUserId();
    const update = (attributes: Parameters<typeof running.authsignal.updateUser>[0]["attributes"]) =>
      running.authsignal.updateUser({ userId, attributes });
    expect(await update({ email: "a@example.com", emailVerified: true })).toMatchObject({
      emailVerified: true,
    });
    expect(await update({ email: "a@example.com", displayName: "A" })).toMatchObject({ emailVerified: true });
    expect(await update({ email: "b@example.com" })).toMatchObject({ emailVerified: false });
  });

  test("no longer calls an address verified once an action is tracked with another one", async () => {
    const userId = newUserId();
    const [email, phoneNumber] = ["a@example.com", "+15550100"];
    await running.authsignal.updateUser({
      userId,
      attributes: { email, emailVerified: true, phoneNumber, phoneNumberVerified: true },
    });
    const track = async (attributes: { email?: string; phoneNumber?: string }) => {
      await running.authsignal.track({ userId, action: "a", attributes });
      const { emailVerified, phoneNumberVerified } = await running.authsignal.getUser({ userId });
      return { emailVerified, phoneNumberVerified };
    };
    expect(await track({})).toEqual({ emailVerified: true, phoneNumberVerified: true });
    expect(await track({ email, phoneNumber })).toEqual({ emailVerified: true, phoneNumberVerified: true });
    expect(await track({ email: "b@example.com" })).toEqual({
      emailVerified: false,
      phoneNumberVerified: true,
    });
    expect(await track({ phoneNumber: "+15550199" })).toEqual({
      emailVerified: false,
      phoneNumberVerified: false,
    });
  });

  test("a user is updated by POST too, as the Java and Ruby SDKs do", async () => {
    const userId = newUserId();
    const update = (body: object) =>
      send(`${running.emulator.apiUrl}/users/${userId}`, {
        method: "POST",
        headers: { authorization: secretAuthorization(secret) },
        body: JSON.stringify(body),
      });
    expect((await update({ email: "b@example.com", displayName: "Bo" })).body).toMatchObject({
      displayName: "Bo",
    });
    expect((await update({ email: null })).body).not.toHaveProperty("email");
  });

  test("users are found by an exact attribute, in pages", async () => {
    const email = `${newUserId()}@example.com`;
    const userIds = [newUserId(), newUserId(), newUserId()];
    for (const userId of userIds) await running.authsignal.updateUser({ userId, attributes: { email } });
    const first = await running.authsignal.queryUsers({ email, limit: 2 });
    expect(first.users.map(({ userId }) => userId)).toEqual(userIds.slice(0, 2));
    expect(first.lastEvaluatedUserId).toBe(userIds[1]);
    const second = await running.authsignal.queryUsers({
      email,
      limit: 2,
      lastEvaluatedUserId: userIds[1] ?? "",
    });
    expect(second.users.map(({ userId }) => userId)).toEqual(userIds.slice(2));
    expect(second.lastEvaluatedUserId).toBeUndefined();
    await expect(running.authsignal.queryUsers({})).rejects.toMatchObject({ statusCode: 400 });
  });

  test("a user is found by the address in an external ID token, which is only decoded", async () => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    await running.authsignal.updateUser({ userId, attributes: { email } });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "RS256" })}.${part({ email, sub: "google-1" })}.c2lnbmF0dXJl`;
    expect(await running.authsignal.queryUsers({ token })).toMatchObject({
      users: [{ userId }],
      tokenPayload: { email, sub: "google-1" },
    });
  });

  test("forgets a deleted user alone: another one keeps passkey, session and open codes", async () => {
    const [gone, staying] = [newUserId(), newUserId()];
    const clients = [running.client(createSoftAuthenticator()), running.client(createSoftAuthenticator())];
    const [client] = clients.slice(1);
    await clients[0]?.signUp({ token: await running.track(gone) });
    const token = (await client?.signUp({ token: await running.track(staying) })) ?? "";
    const { accessToken } = await running.authsignal.createSession({ token, clientId: "web" });
    const tracked = await running.track(staying, { action: "confirm", scope: "add:authenticators" });
    const email = `${staying}@example.com`;
    await running.post("/user-authenticators/email-otp", { email }, tracked);
    await running.authsignal.deleteUser({ userId: gone });

    await expect(client?.signIn({ action: "sign-in" })).resolves.toBeTypeOf("string");
    expect(await running.authsignal.validateSession({ accessToken })).toMatchObject({
      user: { userId: staying },
    });
    const code = { verificationCode: running.code(email) };
    expect((await running.post("/verify/email-otp", code, tracked)).body).toMatchObject({ isVerified: true });
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ isValid: true });
  });

  test("deleting a user deletes all records of that user", async () => {
    const userId = newUserId();
    const client = running.client(createSoftAuthenticator());
    const token = await client.signUp({ token: await running.track(userId) });
    await running.authsignal.deleteUser({ userId });

    expect(await running.authsignal.getUser({ userId })).toMatchObject({ isEnrolled: false });
    expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
    expect(await running.authsignal.validateChallenge({ token })).toEqual({ isValid: false });
    expect((await running.post("/challenge/email-otp", {}, token)).body).toMatchObject({
      errorCode: "invalid_token",
    });
    await expect(client.signIn({ action: "sign-in" })).rejects.toMatchObject({
      errorCode: "unknown_credential",
    });
  });
});
