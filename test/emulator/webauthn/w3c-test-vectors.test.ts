import { expect, test } from "vitest";
import {
  newUserId,
  runEmulator,
  secret,
  secretAuthorization,
  send,
  testTenant,
} from "../running-emulator.ts";
import {
  type AuthenticationVector,
  crossOriginRegistration,
  type RegistrationVector,
  registrations,
  rs256,
} from "./w3c-test-vectors.ts";

const running = runEmulator({
  tenants: [testTenant({ rpId: "example.org", expectedOrigins: ["https://example.org"] })],
});

const base64url = (hex: string) => Buffer.from(hex, "hex").toString("base64url");

/** A ceremony as the emulator began it, made to expect the vector's challenge by way of export and import. */
async function expecting(challengeId: string, challenge: string): Promise<void> {
  const state = structuredClone(running.emulator.exportState());
  const text = JSON.stringify(state, (_key, value) =>
    typeof value === "object" && value?.challengeId === challengeId
      ? { ...value, webauthnChallenge: base64url(challenge) }
      : value,
  );
  running.emulator.importState(JSON.parse(text));
}

async function register(vector: RegistrationVector, userId: string) {
  const token = await running.track(userId);
  const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, token);
  await expecting(body.challengeId, vector.challenge);
  const id = base64url(vector.credentialId);
  const registrationCredential = {
    id,
    rawId: id,
    type: "public-key",
    clientExtensionResults: {},
    response: {
      clientDataJSON: Buffer.from(vector.clientData).toString("base64url"),
      attestationObject: base64url(vector.attestationObject),
    },
  };
  return running.post(
    "/user-authenticators/passkey",
    { registrationCredential, challengeId: body.challengeId },
    token,
  );
}

async function authenticate(credentialId: string, vector: AuthenticationVector) {
  const { body } = await running.post("/user-authenticators/passkey/authentication-options", {});
  await expecting(body.challengeId, vector.challenge);
  const id = base64url(credentialId);
  const authenticationCredential = {
    id,
    rawId: id,
    type: "public-key",
    clientExtensionResults: {},
    response: {
      clientDataJSON: Buffer.from(vector.clientData).toString("base64url"),
      authenticatorData: base64url(vector.authenticatorData),
      signature: base64url(vector.signature),
    },
  };
  return running.post("/verify/passkey", { authenticationCredential, challengeId: body.challengeId });
}

test.each(registrations)(
  "the registration and the authentication of the W3C test vector $name verify",
  async (vector) => {
    const userId = newUserId();
    expect((await register(vector, userId)).body).toMatchObject({ isVerified: true, userId });
    expect((await authenticate(vector.credentialId, vector.authentication)).body).toMatchObject({
      isVerified: true,
      userId,
    });
  },
);

test("the W3C test vector none.ES256.crossOrigin (16.4) is refused", async () => {
  const answer = await register(crossOriginRegistration, newUserId());
  expect(answer.body.errorCode).toBe("invalid_credential");
  expect(running.emulator.journal({ refused: true })[0]?.reason).toBe(
    "the ceremony ran in a cross-origin frame",
  );
});

test("the W3C test vector packed.RS256 (16.10) verifies with an imported key", async () => {
  const userId = newUserId();
  const passkey = {
    userId,
    verificationMethod: "PASSKEY",
    credentialId: base64url(rs256.credentialId),
    credentialPublicKey: base64url(rs256.publicKey),
  };
  const imported = await send(`${running.emulator.apiUrl}/users/authenticators`, {
    method: "POST",
    headers: { authorization: secretAuthorization(secret) },
    body: JSON.stringify({ authenticators: [passkey] }),
  });
  expect(imported.body).toMatchObject({ succeeded: 1 });
  expect((await authenticate(rs256.credentialId, rs256.authentication)).body).toMatchObject({
    isVerified: true,
    userId,
  });
});
