/** What the emulator requires of a registration response. */
import { expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import {
  callersOf,
  enrolled,
  lastRefusal,
  newUserId,
  origin,
  runEmulator,
  testTenant,
} from "../running-emulator.ts";
import { type Refused, refusedInBoth } from "./refused-ceremonies.ts";

const running = runEmulator();

test.each([
  ...refusedInBoth,
  ["a credential ID that is not the signed one", { credentialId: "AAAA" }, /differs from the one/],
] satisfies Refused[])(
  "the emulator refuses a registration with %s, and only the journal says why",
  async (_what, fault, expected) => {
    const userId = newUserId();
    const token = await running.track(userId);
    await expect(running.client().signUp({ token, fault })).rejects.toMatchObject({
      status: 400,
      errorCode: "invalid_credential",
      message: expect.not.stringMatching(expected),
    });
    expect(lastRefusal(running)).toMatch(expected);
    expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ isValid: false });
  },
);

test.each(["ES256", "RS256", "EdDSA"] as const)(
  "a passkey with the algorithm %s is registered and signs in",
  async (algorithm) => {
    const { client, userId } = await enrolled(running, createSoftAuthenticator({ algorithms: [algorithm] }));
    const token = await client.signIn({ action: "sign-in" });
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ isValid: true, userId });
  },
);

test("a WebAuthn challenge serves one registration, right or wrong", async () => {
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

test("a registered credential cannot be registered again by any user", async () => {
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
  expect(lastRefusal(running)).toBe("the credential is already registered");
});

test("a token cannot finish another user's registration", async () => {
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

test("a conditional create needs no gesture", async () => {
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

test("lets a conditional create happen without verification of the user, also where the tenant requires it", async () => {
  const emulator = await startEmulator({ tenants: [testTenant({ userVerification: "required" })] });
  try {
    const strict = callersOf(emulator);
    const fault = { flags: { userPresent: false, userVerified: false } };
    const answers: unknown[] = [];
    for (const conditionalCreate of [true, false]) {
      const token = await strict.track(newUserId());
      const { body } = await strict.post("/user-authenticators/passkey/registration-options", {}, token);
      const registrationCredential = await createSoftAuthenticator().create(body.options, { origin, fault });
      const finish = { challengeId: body.challengeId, registrationCredential, conditionalCreate };
      const answer = await strict.post("/user-authenticators/passkey", finish, token);
      answers.push(answer.body.isVerified ?? answer.body.errorCode);
    }
    expect(answers).toEqual([true, "invalid_credential"]);
  } finally {
    await emulator.close();
  }
});

test("a registration may use the standard base64 alphabet, as iOS does", async () => {
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
  ["a length of gigabytes", () => Buffer.from("bb7fffffffffffffff", "hex")],
  ["arrays nested ten thousand deep", () => Buffer.alloc(10_000, 0x81)],
  ["a number in place of the map", () => Buffer.from("01", "hex")],
  ["authData that is not a byte string", () => Buffer.from("a1686175746844617461f6", "hex")],
])("the emulator refuses CBOR with %s", async (_what, bend) => {
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

test("registration options list the user's passkeys to exclude", async () => {
  const { userId, authenticator } = await enrolled(running);
  const token = await running.track(userId, { scope: "add:authenticators" });
  await expect(running.client(authenticator).signUp({ token })).rejects.toMatchObject({
    name: "InvalidStateError",
  });
});
