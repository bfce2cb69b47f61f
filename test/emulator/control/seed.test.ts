import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { controlOf, origin, runEmulator, testTenant } from "../running-emulator.ts";

const running = runEmulator({ tenants: [testTenant({ limits: "documented" })] });
afterEach(() => running.emulator.reset());
const control = controlOf(running);

describe("seed", () => {
  const seed = {
    users: [
      {
        userId: "ada",
        email: "ada@example.com",
        displayName: "Ada",
        authenticators: [
          {
            userAuthenticatorId: "pinned",
            verificationMethod: "EMAIL_OTP" as const,
            email: "ada@example.com",
          },
        ],
        passkeys: [{ name: "Phone" }, { aaguid: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd" }],
      },
    ],
    fixedCodes: [{ to: "ada@example.com", code: "000001" }],
  };

  test("a seed is idempotent and keeps the ids that it gives", async () => {
    const first = (await control("/seed", "POST", seed)).body;
    const second = (await control("/seed", "POST", seed)).body;
    expect(second).toEqual(first);
    const authenticators = await running.authsignal.getAuthenticators({ userId: "ada" });
    expect(authenticators.map((one) => one.webauthnCredential?.name)).toEqual([
      undefined,
      "Phone",
      "iCloud Keychain",
    ]);
    expect(authenticators[0]?.userAuthenticatorId).toBe("pinned");
  });

  test("a seeded authenticator without an address has the user's", async () => {
    const authenticators = [{ verificationMethod: "EMAIL_OTP" as const }];
    running.emulator.seed({ users: [{ userId: "bob", email: "bob@example.com", authenticators }] });
    const [authenticator] = await running.authsignal.getAuthenticators({ userId: "bob" });
    expect(authenticator?.email).toBe("bob@example.com");
    expect(() => running.emulator.seed({ users: [{ userId: "carl", authenticators }] })).toThrow(
      "users[0].authenticators[0]: email is required.",
    );
  });

  test("a seeded passkey signs in with the private key that seed returns", async () => {
    const { passkeys } = running.emulator.seed(seed);
    const { credential } = passkeys[0] ?? expect.fail("no passkey was seeded");
    const { body: begun } = await running.post("/user-authenticators/passkey/authentication-options", {});
    const clientData = Buffer.from(
      JSON.stringify({
        type: "webauthn.get",
        challenge: begun.options.challenge,
        origin,
        crossOrigin: false,
      }),
    );
    const authenticatorData = Buffer.concat([
      createHash("sha256").update(credential.rpId).digest(),
      Buffer.from([0x1d, 0, 0, 0, 0]),
    ]);
    const key = createPrivateKey({
      key: Buffer.from(credential.privateKey, "base64"),
      format: "der",
      type: "pkcs8",
    });
    const signed = Buffer.concat([authenticatorData, createHash("sha256").update(clientData).digest()]);
    const id = Buffer.from(credential.credentialId, "base64").toString("base64url");
    const { body } = await running.post("/verify/passkey", {
      challengeId: begun.challengeId,
      authenticationCredential: {
        id,
        rawId: id,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData.toString("base64url"),
          authenticatorData: authenticatorData.toString("base64url"),
          signature: sign("sha256", signed, key).toString("base64url"),
          userHandle: Buffer.from(credential.userHandle, "base64").toString("base64url"),
        },
      },
    });
    expect(body).toMatchObject({ isVerified: true, userId: "ada", userDisplayName: "Ada" });
  });

  test("a seeded passkey can be bound to its device, has a user agent, and answers its public key", async () => {
    const passkeys = [{ backupEligibility: false, userAgent: "Mozilla/5.0 Chrome/126.0.0.0" }];
    const seeded = running.emulator.seed({ users: [{ userId: "bo", passkeys }] });
    const [{ credential, publicKey } = expect.fail("no passkey")] = seeded.passkeys;
    expect(credential).toMatchObject({ backupEligibility: false, backupState: false });
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    expect(key.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" });
    expect(await running.authsignal.getAuthenticators({ userId: "bo" })).toMatchObject([
      {
        webauthnCredential: {
          credentialDeviceType: "singleDevice",
          parsedUserAgent: { browser: { name: "Chrome" } },
        },
      },
    ]);
    const impossible = [{ backupEligibility: false, backupState: true }];
    expect(() => running.emulator.seed({ users: [{ userId: "bo", passkeys: impossible }] })).toThrow(
      "users[0].passkeys[0]: backupState needs",
    );
  });

  test.each([
    [{ users: "many" }],
    [{ users: [{}] }],
    [{ users: [{ userId: "u", passkeys: [7] }] }],
    [{ users: [{ userId: "u", authenticators: [{ verificationMethod: "EMAIL_OTP" }] }] }],
  ])("a malformed seed is refused: %j", async (malformed) => {
    expect((await control("/seed", "POST", malformed)).status).toBe(400);
  });
});
