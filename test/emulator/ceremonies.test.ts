import { describe, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/index.ts";
import type { CeremonyFault } from "../kit/ceremony-fault.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";
import { callersOf, newUserId, origin, runEmulator, testTenant } from "./running-emulator.ts";

const running = runEmulator();

/** The newest refusal: what the journal knows and the caller does not. */
function reason() {
  return running.emulator.journal({ refused: true })[0]?.reason;
}

async function enrolled(authenticator: SoftAuthenticator = createSoftAuthenticator()) {
  const userId = newUserId();
  const client = running.client(authenticator);
  await client.signUp({ token: await running.track(userId) });
  return { userId, client, authenticator };
}

type Refused = readonly [what: string, fault: CeremonyFault, reason: RegExp];

const both: readonly Refused[] = [
  ["a ceremony of the other type", { clientData: { type: "payment.get" } }, /type is not webauthn/],
  [
    "another WebAuthn challenge",
    { clientData: { challenge: "AAAAAAAAAAAAAAAAAAAAAA" } },
    /another challenge/,
  ],
  [
    "a phishing origin",
    { clientData: { origin: "https://evil.example" } },
    /not among the tenant's expected origins/,
  ],
  ["another port of the same host", { clientData: { origin: "http://localhost:3001" } }, /expected origins/],
  ["another scheme", { clientData: { origin: "https://localhost:3000" } }, /expected origins/],
  ["a cross-origin frame", { clientData: { crossOrigin: true } }, /cross-origin frame/],
  ["another RP ID", { rpId: "evil.example" }, /another RP ID/],
  ["an absent user", { flags: { userPresent: false } }, /not present/],
  [
    "impossible backup flags",
    { flags: { backupEligible: false, backupState: true } },
    /claims to be backed up/,
  ],
];

describe("registration", () => {
  test.each([
    ...both,
    ["a credential ID that is not the signed one", { credentialId: "AAAA" }, /differs from the one/],
  ] satisfies Refused[])("refuses %s, and only the journal says why", async (_what, fault, expected) => {
    const userId = newUserId();
    const token = await running.track(userId);
    await expect(running.client().signUp({ token, fault })).rejects.toMatchObject({
      status: 400,
      errorCode: "invalid_credential",
      message: expect.not.stringMatching(expected),
    });
    expect(reason()).toMatch(expected);
    expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ isValid: false });
  });

  test.each(["ES256", "RS256", "EdDSA"] as const)("accepts %s, and signs in with it", async (algorithm) => {
    const { client, userId } = await enrolled(createSoftAuthenticator({ algorithms: [algorithm] }));
    const token = await client.signIn({ action: "sign-in" });
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ isValid: true, userId });
  });

  test("uses each challenge once, right or wrong", async () => {
    const token = await running.track(newUserId());
    const authenticator = createSoftAuthenticator();
    const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, token);
    const wrong = await authenticator.create(body.options, { origin, fault: { rpId: "evil.example" } });
    const right = await createSoftAuthenticator().create(body.options, { origin });
    const add = (registrationCredential: unknown) =>
      running.post(
        "/user-authenticators/passkey",
        { registrationCredential, challengeId: body.challengeId },
        token,
      );
    expect((await add(wrong)).body.errorCode).toBe("invalid_credential");
    expect((await add(right)).body.errorCode).toBe("invalid_request");
  });

  test("refuses a credential that is registered already, to anyone", async () => {
    const first = await running.track(newUserId());
    const second = await running.track(newUserId());
    const authenticator = createSoftAuthenticator();
    const begun = await running.post("/user-authenticators/passkey/registration-options", {}, first);
    const again = await running.post("/user-authenticators/passkey/registration-options", {}, second);
    const options = { ...again.body.options, user: begun.body.options.user };
    const registrationCredential = await authenticator.create(begun.body.options, { origin });
    await running.post(
      "/user-authenticators/passkey",
      { registrationCredential, challengeId: begun.body.challengeId },
      first,
    );
    const other = await createSoftAuthenticator().create(options, { origin });
    const { id } = registrationCredential;
    const stolen = { ...other, id, rawId: id };
    const answer = await running.post(
      "/user-authenticators/passkey",
      { registrationCredential: stolen, challengeId: again.body.challengeId },
      second,
    );
    expect(answer.body.errorCode).toBe("invalid_credential");
    expect(reason()).toBe("the credential is already registered");
  });

  test("does not finish another user's registration", async () => {
    const [mine, theirs] = [await running.track(newUserId()), await running.track(newUserId())];
    const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, theirs);
    const registrationCredential = await createSoftAuthenticator().create(body.options, { origin });
    const answer = await running.post(
      "/user-authenticators/passkey",
      { registrationCredential, challengeId: body.challengeId },
      mine,
    );
    expect(answer.body.errorCode).toBe("invalid_request");
  });

  test("lets a conditional create happen without a gesture", async () => {
    const token = await running.track(newUserId());
    const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, token);
    const fault = { flags: { userPresent: false, userVerified: false } };
    const registrationCredential = await createSoftAuthenticator().create(body.options, { origin, fault });
    const answer = await running.post(
      "/user-authenticators/passkey",
      { registrationCredential, challengeId: body.challengeId, conditionalCreate: true },
      token,
    );
    expect(answer.body).toMatchObject({ isVerified: true });
  });

  test("takes the standard base64 alphabet that iOS sends", async () => {
    const token = await running.track(newUserId());
    const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, token);
    const made = await createSoftAuthenticator().create(body.options, { origin });
    const standard = (text: string) => Buffer.from(text, "base64url").toString("base64");
    const { clientDataJSON, attestationObject } = made.response;
    const registrationCredential = {
      ...made,
      response: { clientDataJSON: standard(clientDataJSON), attestationObject: standard(attestationObject) },
    };
    const answer = await running.post(
      "/user-authenticators/passkey",
      { registrationCredential, challengeId: body.challengeId },
      token,
    );
    expect(answer.body).toMatchObject({ isVerified: true });
  });

  test.each([
    ["trailing bytes", (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([0])])],
    ["a truncated map", (bytes: Buffer) => bytes.subarray(0, 40)],
    ["a length that promises gigabytes", () => Buffer.from("bb7fffffffffffffff", "hex")],
    ["arrays nested ten thousand deep", () => Buffer.alloc(10_000, 0x81)],
    ["no map at all", () => Buffer.from("01", "hex")],
    ["authData that is no byte string", () => Buffer.from("a1686175746844617461f6", "hex")],
  ])("refuses CBOR with %s", async (_what, bend) => {
    const token = await running.track(newUserId());
    const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, token);
    const made = await createSoftAuthenticator().create(body.options, { origin });
    const attestationObject = bend(Buffer.from(made.response.attestationObject, "base64url")).toString(
      "base64url",
    );
    const registrationCredential = { ...made, response: { ...made.response, attestationObject } };
    const answer = await running.post(
      "/user-authenticators/passkey",
      { registrationCredential, challengeId: body.challengeId },
      token,
    );
    expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_credential" } });
  });

  test("lists the user's passkeys to exclude", async () => {
    const { userId, authenticator } = await enrolled();
    const token = await running.track(userId, { scope: "add:authenticators" });
    await expect(running.client(authenticator).signUp({ token })).rejects.toMatchObject({
      name: "InvalidStateError",
    });
  });
});

describe("authentication", () => {
  test.each([
    ...both,
    ["a tampered signature", { tamperedSignature: true }, /signature does not verify/],
    ["another account's user handle", { userHandle: "c29tZWJvZHk" }, /another account/],
    [
      "backup eligibility that changed",
      { flags: { backupEligible: false, backupState: false } },
      /eligibility changed/,
    ],
  ] satisfies Refused[])("refuses %s, and only the journal says why", async (_what, fault, expected) => {
    const { client } = await enrolled();
    await expect(client.signIn({ action: "sign-in", fault })).rejects.toMatchObject({
      status: 400,
      errorCode: "invalid_credential",
      message: expect.not.stringMatching(expected),
    });
    expect(reason()).toMatch(expected);
  });

  test("answers unknown_credential to a credential ID that nobody registered", async () => {
    const { client } = await enrolled();
    await expect(client.signIn({ action: "sign-in", fault: { credentialId: "AAAA" } })).rejects.toMatchObject(
      {
        errorCode: "unknown_credential",
      },
    );
  });

  test("uses each challenge once: a replayed response is refused", async () => {
    const { authenticator } = await enrolled();
    const { body } = await running.post("/user-authenticators/passkey/authentication-options", {});
    const authenticationCredential = await authenticator.get(body.options, { origin });
    const verify = () =>
      running.post("/verify/passkey", { authenticationCredential, challengeId: body.challengeId });
    const answers = await Promise.all([verify(), verify(), verify()]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await verify()).body.errorCode).toBe("invalid_request");
  });

  test("refuses a passkey of another user than the token's", async () => {
    const [mine, theirs] = [await enrolled(), await enrolled()];
    const token = await running.track(mine.userId, { action: "pay" });
    const { body } = await running.post("/user-authenticators/passkey/authentication-options", {}, token);
    expect(body.options.allowCredentials).toHaveLength(1);
    const authenticationCredential = await theirs.authenticator.get(
      { ...body.options, allowCredentials: [] },
      { origin },
    );
    const answer = await running.post(
      "/verify/passkey",
      { authenticationCredential, challengeId: body.challengeId },
      token,
    );
    expect(answer.body.errorCode).toBe("invalid_credential");
    expect(reason()).toBe("the credential belongs to another user than the token");
  });

  test("does not let a token finish a ceremony that was begun without one", async () => {
    const { userId, authenticator } = await enrolled();
    const { body } = await running.post("/user-authenticators/passkey/authentication-options", {});
    const authenticationCredential = await authenticator.get(body.options, { origin });
    const token = await running.track(userId);
    const answer = await running.post(
      "/verify/passkey",
      { authenticationCredential, challengeId: body.challengeId },
      token,
    );
    expect(answer.body.errorCode).toBe("invalid_request");
  });

  test("notes a signature counter that went back, and refuses it when the tenant says so", async () => {
    const options = { defaultBackupEligibility: false, signCountIncrement: 5 };
    const { client } = await enrolled(createSoftAuthenticator(options));
    await client.signIn({ action: "sign-in" });
    await client.signIn({ action: "sign-in", fault: { signCount: 3 } });
    expect(running.emulator.journal({ refused: true })[0]?.notes).toEqual([
      "the signature counter went from 5 to 3",
    ]);

    const emulator = await startEmulator({ tenants: [testTenant({ counterRegression: "refuse" })] });
    const strict = callersOf(emulator);
    const counted = strict.client(createSoftAuthenticator(options));
    await counted.signUp({ token: await strict.track(newUserId()) });
    await counted.signIn({ action: "sign-in" });
    await expect(counted.signIn({ action: "sign-in", fault: { signCount: 3 } })).rejects.toMatchObject({
      errorCode: "invalid_credential",
    });
    await emulator.close();
  });

  test("enforces user verification when the tenant requires it, and only then", async () => {
    const unverified = { flags: { userVerified: false } };
    const { client } = await enrolled();
    await client.signIn({ action: "sign-in", fault: unverified });

    const emulator = await startEmulator({ tenants: [testTenant({ userVerification: "required" })] });
    const strict = callersOf(emulator);
    const authenticator = createSoftAuthenticator();
    const token = await strict.track(newUserId());
    await expect(strict.client(authenticator).signUp({ token, fault: unverified })).rejects.toThrow(
      "invalid_credential",
    );
    await strict.client(createSoftAuthenticator()).signUp({ token });
    expect(emulator.journal({ refused: true })[0]?.reason).toBe("the user was not verified");
    await emulator.close();
  });

  test("accepts any port of localhost only when told so, and an Android app by its key hash", async () => {
    const android = "android:apk-key-hash:Y2VydA";
    const emulator = await startEmulator({
      tenants: [testTenant({ expectedOrigins: [android], anyLocalhostPort: true })],
    });
    const lenient = callersOf(emulator);
    const authenticator = createSoftAuthenticator();
    await lenient.client(authenticator).signUp({ token: await lenient.track(newUserId()) });
    for (const accepted of ["http://localhost:49152", "http://localhost", android]) {
      await lenient
        .client(authenticator)
        .signIn({ action: "a", fault: { clientData: { origin: accepted } } });
    }
    for (const refused of [
      "http://localhost.evil.example",
      "http://localhost:3000.evil.example",
      "http://127.0.0.1:3000",
    ]) {
      await expect(
        lenient.client(authenticator).signIn({ action: "a", fault: { clientData: { origin: refused } } }),
      ).rejects.toThrow("invalid_credential");
    }
    await emulator.close();
  });
});

test("refuses expected origins that could never match", async () => {
  await expect(
    startEmulator({ tenants: [testTenant({ expectedOrigins: ["http://localhost:3000/"] })] }),
  ).rejects.toThrow("is not an origin");
});
