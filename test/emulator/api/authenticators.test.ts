import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import {
  enrollEmail,
  newUserId,
  runEmulator,
  secret,
  secretAuthorization,
  send,
} from "../running-emulator.ts";

const running = runEmulator();

describe("authenticators", () => {
  test("the Server API enrolls a verified authenticator and shows its address in full", async () => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    const { authenticator } = await enrollEmail(running, userId, email);
    expect(authenticator).toMatchObject({ userId, email, verificationMethod: "EMAIL_OTP" });
    await enrollEmail(running, userId, email);
    expect(await running.authsignal.getAuthenticators({ userId })).toMatchObject([
      { email, isDefault: true },
    ]);
  });

  test("the Server API deletes an authenticator only for its owner", async () => {
    const owner = newUserId();
    const { authenticator } = await enrollEmail(running, owner, `${owner}@example.com`);
    const { userAuthenticatorId } = authenticator;
    await expect(
      running.authsignal.deleteAuthenticator({ userId: newUserId(), userAuthenticatorId }),
    ).rejects.toMatchObject({ statusCode: 404 });
    await running.authsignal.deleteAuthenticator({ userId: owner, userAuthenticatorId });
    expect(await running.authsignal.getUser({ userId: owner })).toMatchObject({ isEnrolled: false });
  });

  test("deletes one of a user's authenticators, and makes the next one the default", async () => {
    const [owner, neighbour] = [newUserId(), newUserId()];
    const addresses = ["1", "2", "3"].map((number) => `${owner}-${number}@example.com`);
    const ids: string[] = [];
    for (const email of addresses) {
      const { authenticator } = await enrollEmail(running, owner, email);
      ids.push(authenticator.userAuthenticatorId);
    }
    await enrollEmail(running, neighbour, `${neighbour}@example.com`);
    await running.authsignal.deleteAuthenticator({ userId: owner, userAuthenticatorId: ids[0] ?? "" });
    const left = await running.authsignal.getAuthenticators({ userId: owner });
    expect(left).toHaveLength(2);
    expect(left).toContainEqual(expect.objectContaining({ email: addresses[1], isDefault: true }));
    expect(left).toContainEqual(expect.objectContaining({ email: addresses[2], isDefault: false }));
    expect(await running.authsignal.getAuthenticators({ userId: neighbour })).toHaveLength(1);
  });

  test("the Server API imports passkeys in a batch, in which each succeeds or fails alone", async () => {
    const [userId, other] = [newUserId(), newUserId()];
    const publicKey = Buffer.concat([
      Buffer.from("a5010203262001215820", "hex"),
      Buffer.from("afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61", "hex"),
      Buffer.from("225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220", "hex"),
    ]).toString("base64url");
    const credentialId = createHash("sha256").update(userId).digest("base64url");
    const good = {
      userId,
      verificationMethod: "PASSKEY",
      credentialId,
      credentialPublicKey: publicKey,
      name: "Old",
    };
    const answer = await send(`${running.emulator.apiUrl}/users/authenticators`, {
      method: "POST",
      headers: { authorization: secretAuthorization(secret) },
      body: JSON.stringify({
        authenticators: [
          good,
          { ...good, userId: other },
          { ...good, credentialId: "AAAA", credentialPublicKey: "AAAA" },
        ],
      }),
    });
    expect(answer.body).toMatchObject({
      total: 3,
      succeeded: 1,
      failed: 2,
      failures: [{ userId: other }, {}],
    });
    expect(await running.authsignal.getAuthenticators({ userId })).toMatchObject([
      { webauthnCredential: { credentialId, name: "Old" } },
    ]);
  });

  test("the Server API lists the verification methods that the tenant has enabled", async () => {
    const answer = await send(`${running.emulator.apiUrl}/authenticators`, {
      headers: { authorization: secretAuthorization(secret) },
    });
    expect(answer.body).toContainEqual(
      expect.objectContaining({ verificationMethod: "PASSKEY", isActive: true }),
    );
  });

  test("both APIs list the tenant's authenticator configurations with their ids", async () => {
    const ask = async (path: string, authorization: string): Promise<unknown> =>
      (await send(`${running.emulator.apiUrl}${path}`, { headers: { authorization } })).body;
    const configurations = await ask("/authenticators", secretAuthorization(secret));
    expect(configurations).toContainEqual({
      authenticatorId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      verificationMethod: "SMS",
      smsChannel: "DEFAULT",
      isActive: true,
      isEditableByUser: true,
      isHiddenToUser: false,
    });
    const token = await running.track(newUserId());
    expect(await ask("/client/authenticators", `Bearer ${token}`)).toEqual(configurations);
  });

  test.each([
    ["ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "Google Password Manager"],
    ["fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "iCloud Keychain"],
    ["d3452668-01fd-4c12-926c-83a4204853aa", "Microsoft Password Manager"],
    ["b78a0a55-6ef8-d246-a042-ba0f6d55050c", "LastPass"],
  ])("a passkey with the AAGUID %s is shown as one of %s, with the browser's name", async (aaguid, name) => {
    const userId = newUserId();
    const authenticator = createSoftAuthenticator({ aaguid });
    await running.client(authenticator).signUp({ token: await running.track(userId) });
    const [passkey] = await running.authsignal.getAuthenticators({ userId });
    expect(passkey?.webauthnCredential).toMatchObject({
      name,
      aaguidMapping: {
        name,
        svgIconLight: expect.stringMatching(/^data:image\/svg/),
      },
      credentialDeviceType: "multiDevice",
      credentialBackedUp: true,
      parsedUserAgent: { ua: expect.any(String) },
    });
  });
});

test("the Server API lists the devices that actions were tracked on, and invalidates one", async () => {
  const userId = newUserId();
  await running.authsignal.track({ userId, action: "sign-in", attributes: { deviceId: "phone" } });
  const ask = (path: string, method = "GET") =>
    send(`${running.emulator.apiUrl}/users/${userId}/devices${path}`, {
      method,
      headers: { authorization: secretAuthorization(secret) },
    });
  expect((await ask("")).body).toMatchObject([{ userId, deviceId: "phone" }]);
  expect((await ask("/phone", "PATCH")).body).toMatchObject({ deviceId: "phone" });
  expect((await ask("/phone/invalidate", "POST")).body).toHaveProperty("invalidatedAt");
  expect((await ask("/unknown/invalidate", "POST")).status).toBe(404);
});
