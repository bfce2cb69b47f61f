/** The soft authenticator against a verifier that shares no code with it. */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";
import { describe, expect, test } from "vitest";
import type { CeremonyFault } from "./ceremony-fault.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "./soft-authenticator.ts";

const origin = "http://localhost:3000";
const rpId = "localhost";

async function beginRegistration(userName = "jane@example.com") {
  return generateRegistrationOptions({
    rpID: rpId,
    rpName: "Example",
    userName,
    userID: new TextEncoder().encode(userName),
    authenticatorSelection: { residentKey: "required", userVerification: "preferred" },
  });
}

async function register(authenticator: SoftAuthenticator, fault: CeremonyFault = {}) {
  const options = await beginRegistration();
  const response = await authenticator.create(options, { origin, fault });
  const { registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: options.challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
  });
  if (registrationInfo === undefined) throw new Error("registration was not verified");
  return registrationInfo;
}

async function authenticate(
  authenticator: SoftAuthenticator,
  credential: WebAuthnCredential,
  fault: CeremonyFault = {},
) {
  const options = await generateAuthenticationOptions({ rpID: rpId, userVerification: "preferred" });
  const response = await authenticator.get(options, { origin, fault });
  return verifyAuthenticationResponse({
    response,
    credential,
    expectedChallenge: options.challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
  });
}

describe("what it makes", () => {
  test.each(["ES256", "RS256", "EdDSA"] as const)(
    "a passkey of the soft authenticator verifies, registered and used with %s",
    async (algorithm) => {
      const authenticator = createSoftAuthenticator({ algorithms: [algorithm] });
      const { credential } = await register(authenticator);
      const used = await authenticate(authenticator, credential);
      expect(used.verified).toBe(true);
    },
  );

  test("the soft authenticator says its make, whether it is synced or device-bound, and its counter", async () => {
    const synced = await register(
      createSoftAuthenticator({ aaguid: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd" }),
    );
    expect(synced).toMatchObject({
      aaguid: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd",
      credentialDeviceType: "multiDevice",
      credentialBackedUp: true,
    });

    const securityKey = createSoftAuthenticator({
      transport: "usb",
      defaultBackupEligibility: false,
      signCountIncrement: 1,
    });
    const bound = await register(securityKey);
    expect(bound).toMatchObject({ credentialDeviceType: "singleDevice", credentialBackedUp: false });
    const { authenticationInfo } = await authenticate(securityKey, bound.credential);
    expect(authenticationInfo.newCounter).toBe(1);
  });

  test("a passkey is found without an allow list only when it is discoverable", async () => {
    const options = { ...(await beginRegistration()), authenticatorSelection: { residentKey: "preferred" } };
    const authenticator = createSoftAuthenticator({ hasResidentKey: false });
    const { id, clientExtensionResults } = await authenticator.create(options, { origin });
    expect(clientExtensionResults).toEqual({ credProps: { rk: false } });
    const challenge = "AAAA";

    await expect(authenticator.get({ challenge, rpId }, { origin })).rejects.toThrow(DOMException);
    const listed = await authenticator.get(
      { challenge, rpId, allowCredentials: [{ id, type: "public-key" }] },
      { origin },
    );
    expect(listed.response).not.toHaveProperty("userHandle");
  });
});

describe("what the person decides", () => {
  test("a person who does not consent fails both ceremonies with NotAllowedError", async () => {
    const authenticator = createSoftAuthenticator();
    await register(authenticator);
    authenticator.configure({ isUserConsenting: false });
    const creation = await beginRegistration("joe@example.com");
    await expect(authenticator.create(creation, { origin })).rejects.toMatchObject({
      name: "NotAllowedError",
    });
    const request = { challenge: "AAAA", rpId };
    await expect(authenticator.get(request, { origin })).rejects.toMatchObject({ name: "NotAllowedError" });
  });

  test("a person who is not verified fails only where verification is required", async () => {
    const authenticator = createSoftAuthenticator();
    await register(authenticator);
    authenticator.configure({ isUserVerified: false });
    const request = { challenge: "AAAA", rpId };
    await expect(
      authenticator.get({ ...request, userVerification: "required" }, { origin }),
    ).rejects.toMatchObject({ name: "NotAllowedError" });
    const { response } = await authenticator.get({ ...request, userVerification: "preferred" }, { origin });
    const flags = Buffer.from(response.authenticatorData, "base64url").readUInt8(32);
    expect(flags & 0x04).toBe(0);
  });

  test("a person picks one passkey of several, by default the newest", async () => {
    const authenticator = createSoftAuthenticator();
    const first = await authenticator.create(await beginRegistration("a@example.com"), { origin });
    const second = await authenticator.create(await beginRegistration("b@example.com"), { origin });
    const request = { challenge: "AAAA", rpId };
    expect((await authenticator.get(request, { origin })).id).toBe(second.id);
    expect((await authenticator.get(request, { origin, credentialId: first.id })).id).toBe(first.id);
  });
});

describe("what a browser refuses", () => {
  test("the soft authenticator refuses an excluded credential with an InvalidStateError", async () => {
    const authenticator = createSoftAuthenticator();
    const { credential } = await register(authenticator);
    const again = {
      ...(await beginRegistration()),
      excludeCredentials: [{ id: credential.id, type: "public-key" }],
    };
    await expect(authenticator.create(again, { origin })).rejects.toMatchObject({
      name: "InvalidStateError",
    });
  });

  test("the soft authenticator refuses an allow list without one of its passkeys with a NotAllowedError", async () => {
    const authenticator = createSoftAuthenticator();
    await register(authenticator);
    const request = { challenge: "AAAA", rpId, allowCredentials: [{ id: "BBBB", type: "public-key" }] };
    await expect(authenticator.get(request, { origin })).rejects.toMatchObject({ name: "NotAllowedError" });
  });

  test("a security key cannot stand in for a platform authenticator", async () => {
    const options = await beginRegistration();
    const wanted = { ...options, authenticatorSelection: { authenticatorAttachment: "platform" } };
    const securityKey = createSoftAuthenticator({ transport: "usb" });
    await expect(securityKey.create(wanted, { origin })).rejects.toMatchObject({ name: "NotAllowedError" });
  });

  test("the soft authenticator refuses an unknown algorithm with a NotSupportedError", async () => {
    const options = { ...(await beginRegistration()), pubKeyCredParams: [{ type: "public-key", alg: -8 }] };
    await expect(createSoftAuthenticator().create(options, { origin })).rejects.toMatchObject({
      name: "NotSupportedError",
    });
  });

  test.each([
    ["another site", "https://example.org", "example.com"],
    ["a site whose name merely ends alike", "https://notexample.com", "example.com"],
    ["a sibling host", "https://a.example.com", "b.example.com"],
    ["a public suffix", "https://example.co.uk", "co.uk"],
    ["an IP address", "http://127.0.0.1:3000", "localhost"],
  ])(
    "the soft authenticator refuses the RP ID of %s with a SecurityError",
    async (_, pageOrigin, foreignRpId) => {
      const request = { challenge: "AAAA", rpId: foreignRpId };
      await expect(createSoftAuthenticator().get(request, { origin: pageOrigin })).rejects.toMatchObject({
        name: "SecurityError",
      });
    },
  );

  test("a page may use its own host and its parent domain as RP ID", async () => {
    const authenticator = createSoftAuthenticator();
    const options = { ...(await beginRegistration()), rp: { id: "example.com", name: "Example" } };
    const made = await authenticator.create(options, { origin: "https://app.example.com" });
    expect(authenticator.credentials()).toMatchObject([{ credentialId: made.id, rpId: "example.com" }]);
  });
});

describe("what a fault bends", () => {
  test.each<[string, CeremonyFault, RegExp]>([
    ["another origin", { clientData: { origin: "http://localhost:4000" } }, /origin/],
    ["another WebAuthn challenge", { clientData: { challenge: "AAAA" } }, /challenge/],
    ["the other ceremony's type", { clientData: { type: "webauthn.get" } }, /type/],
    ["another RP ID", { rpId: "example.org" }, /RP ID/],
    ["user presence missing", { flags: { userPresent: false } }, /presence|present/],
    ["user verification missing", { flags: { userVerified: false } }, /verif/],
  ])("a registration with %s is refused", async (_, fault, reason) => {
    await expect(register(createSoftAuthenticator(), fault)).rejects.toThrow(reason);
  });

  test.each<[string, CeremonyFault, RegExp]>([
    ["another origin", { clientData: { origin: "http://localhost:4000" } }, /origin/],
    ["another WebAuthn challenge", { clientData: { challenge: "AAAA" } }, /challenge/],
    ["the other ceremony's type", { clientData: { type: "webauthn.create" } }, /type/],
    ["another RP ID", { rpId: "example.org" }, /RP ID/],
    ["user presence missing", { flags: { userPresent: false } }, /presence|present/],
    ["user verification missing", { flags: { userVerified: false } }, /verif/],
    [
      "backup state without eligibility",
      { flags: { backupEligible: false, backupState: true } },
      /backed up/,
    ],
  ])("an authentication with %s is refused", async (_, fault, reason) => {
    const authenticator = createSoftAuthenticator();
    const { credential } = await register(authenticator);
    await expect(authenticate(authenticator, credential, fault)).rejects.toThrow(reason);
  });

  test.each(["ES256", "RS256", "EdDSA"] as const)(
    "a tampered %s signature proves nothing",
    async (algorithm) => {
      const authenticator = createSoftAuthenticator({ algorithms: [algorithm] });
      const { credential } = await register(authenticator);
      const used = await authenticate(authenticator, credential, { tamperedSignature: true });
      expect(used.verified).toBe(false);
    },
  );

  test("an authentication whose counter went back is refused", async () => {
    const authenticator = createSoftAuthenticator({ signCountIncrement: 5 });
    const { credential } = await register(authenticator);
    await authenticate(authenticator, credential);
    await expect(
      authenticate(authenticator, { ...credential, counter: 5 }, { signCount: 4 }),
    ).rejects.toThrow(/counter/);
  });

  test("a fault makes the response claim another credential ID or user handle", async () => {
    const authenticator = createSoftAuthenticator();
    await register(authenticator);
    const fault = { credentialId: "BBBB", userHandle: "CCCC" };
    const claimed = await authenticator.get({ challenge: "AAAA", rpId }, { origin, fault });
    expect(claimed).toMatchObject({ id: "BBBB", rawId: "BBBB", response: { userHandle: "CCCC" } });
  });

  test("faultNext bends one response and no more", async () => {
    const authenticator = createSoftAuthenticator();
    const { credential } = await register(authenticator);
    authenticator.faultNext({ tamperedSignature: true });
    const options = await generateAuthenticationOptions({ rpID: rpId });
    const bent = await authenticator.get(options, { origin });
    const straight = await authenticator.get(options, { origin });
    const verify = (response: typeof bent) =>
      verifyAuthenticationResponse({
        response,
        credential,
        expectedChallenge: options.challenge,
        expectedOrigin: origin,
        expectedRPID: rpId,
      });
    expect((await verify(bent)).verified).toBe(false);
    expect((await verify(straight)).verified).toBe(true);
  });
});
