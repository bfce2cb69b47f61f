import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { newUserId, runEmulator, send, tenantId } from "../running-emulator.ts";

const running = runEmulator();
const clientId = "web";

async function startSession() {
  const userId = newUserId();
  const token = await running.client().signUp({ token: await running.track(userId) });
  const pair = await running.authsignal.createSession({ token, clientId });
  return { userId, resultToken: token, ...pair };
}

test("a session is created, validated, refreshed with rotation and revoked", async () => {
  const { authsignal } = running;
  const first = await startSession();
  expect(
    await authsignal.validateSession({ accessToken: first.accessToken, clientIds: [clientId] }),
  ).toMatchObject({
    user: { userId: first.userId },
    verificationMethod: "PASSKEY",
    expiresAt: expect.any(Number),
  });

  const second = await authsignal.refreshSession({ refreshToken: first.refreshToken });
  await expect(authsignal.refreshSession({ refreshToken: first.refreshToken })).rejects.toMatchObject({
    statusCode: 401,
  });
  await expect(authsignal.validateSession({ accessToken: first.accessToken })).rejects.toMatchObject({
    statusCode: 401,
  });
  expect(await authsignal.validateSession({ accessToken: second.accessToken })).toHaveProperty("expiresAt");

  await authsignal.revokeSession({ accessToken: second.accessToken });
  await expect(authsignal.validateSession({ accessToken: second.accessToken })).rejects.toMatchObject({
    errorCode: "unauthorized",
  });
  await expect(authsignal.refreshSession({ refreshToken: second.refreshToken })).rejects.toMatchObject({
    statusCode: 401,
  });
});

test("revokes one of a user's sessions: the token of that one stops working, the other one's does not", async () => {
  const { authsignal } = running;
  const first = await startSession();
  const again = await authsignal.createSession({ token: first.resultToken, clientId });
  await authsignal.revokeSession({ accessToken: first.accessToken });
  await expect(authsignal.validateSession({ accessToken: first.accessToken })).rejects.toMatchObject({
    errorCode: "unauthorized",
  });
  expect(await authsignal.validateSession({ accessToken: again.accessToken })).toMatchObject({
    user: { userId: first.userId },
  });
  expect(await authsignal.refreshSession({ refreshToken: again.refreshToken })).toHaveProperty("accessToken");
});

test("the Server API revokes every session of a user, and of no other user", async () => {
  const other = await startSession();
  const { accessToken, userId } = await startSession();
  await running.authsignal.revokeUserSessions({ userId });
  await expect(running.authsignal.validateSession({ accessToken })).rejects.toMatchObject({
    statusCode: 401,
  });
  expect(await running.authsignal.validateSession({ accessToken: other.accessToken })).toMatchObject({
    user: { userId: other.userId },
  });
});

test("a session is refused for an unfinished challenge, and to another app client", async () => {
  const token = await running.track(newUserId());
  await expect(running.authsignal.createSession({ token, clientId })).rejects.toMatchObject({
    statusCode: 400,
  });
  const { accessToken } = await startSession();
  await expect(
    running.authsignal.validateSession({ accessToken, clientIds: ["another"] }),
  ).rejects.toMatchObject({ statusCode: 401 });
});

test("the keys that check access tokens are published", async () => {
  const { accessToken, userId } = await startSession();
  const issuer = `${running.emulator.apiUrl}/client/public/${tenantId}`;
  const { body } = await send(`${issuer}/.well-known/openid-configuration`);
  expect(body.issuer).toBe(issuer);
  const { payload } = await jwtVerify(accessToken, createRemoteJWKSet(new URL(body.jwks_uri)), {
    issuer,
    audience: clientId,
  });
  expect(payload.sub).toBe(userId);
  expect(decodeProtectedHeader(accessToken).alg).toBe("RS256");
  expect((await send(body.jwks_uri)).body.keys[0]).not.toHaveProperty("d");
});

test("the published keys have a valid address for every tenant id", async () => {
  const name = "team / one";
  const { emulator } = running;
  emulator.addTenant({ tenantId: name, secrets: ["emulator-one"], rpId: "localhost", expectedOrigins: [] });
  const issuer = `${emulator.apiUrl}/client/public/${encodeURIComponent(name)}`;
  const { body } = await send(`${issuer}/.well-known/openid-configuration`);
  expect(body.issuer).toBe(issuer);
  expect((await send(body.jwks_uri)).body.keys).toHaveLength(1);
});
