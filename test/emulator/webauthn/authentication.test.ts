/** What the emulator requires of an authentication response, and of expected origins. */
import { expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { toBase64url } from "../../kit/webauthn-json.ts";
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
  ["a tampered signature", { tamperedSignature: true }, /signature does not verify/],
  ["another account's user handle", { userHandle: "c29tZWJvZHk" }, /another account/],
  [
    "backup eligibility that changed",
    { flags: { backupEligible: false, backupState: false } },
    /eligibility changed/,
  ],
] satisfies Refused[])(
  "the emulator refuses an authentication with %s, and only the journal says why",
  async (_what, fault, expected) => {
    const { client } = await enrolled(running);
    await expect(client.signIn({ action: "sign-in", fault })).rejects.toMatchObject({
      status: 400,
      errorCode: "invalid_credential",
      message: expect.not.stringMatching(expected),
    });
    expect(lastRefusal(running)).toMatch(expected);
  },
);

test("an authentication with a credential ID that is not registered is answered unknown_credential", async () => {
  const { client } = await enrolled(running);
  await expect(client.signIn({ action: "sign-in", fault: { credentialId: "AAAA" } })).rejects.toMatchObject({
    errorCode: "unknown_credential",
  });
});

test("a WebAuthn challenge serves one authentication: a replayed response is refused", async () => {
  const { authenticator } = await enrolled(running);
  const { body } = await running.post("/user-authenticators/passkey/authentication-options", {});
  const authenticationCredential = await authenticator.get(body.options, { origin });
  const verify = () =>
    running.post("/verify/passkey", { authenticationCredential, challengeId: body.challengeId });
  const answers = await Promise.all([verify(), verify(), verify()]);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect((await verify()).body.errorCode).toBe("invalid_request");
});

test("an authentication with a passkey of another user than the token's is refused", async () => {
  const [mine, theirs] = [await enrolled(running), await enrolled(running)];
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
  expect(lastRefusal(running)).toBe("the credential belongs to another user than the token");
});

test("a token cannot finish an authentication that was begun without a token", async () => {
  const { userId, authenticator } = await enrolled(running);
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

test("a signature counter that decreases is noted in the journal, and refused if the tenant says so", async () => {
  const options = { defaultBackupEligibility: false, signCountIncrement: 5 };
  const { client } = await enrolled(running, createSoftAuthenticator(options));
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

test("only notes the counter of a synced passkey that went back, also where the tenant refuses such counters", async () => {
  const emulator = await startEmulator({ tenants: [testTenant({ counterRegression: "refuse" })] });
  try {
    const strict = callersOf(emulator);
    const synced = createSoftAuthenticator({ defaultBackupEligibility: true, signCountIncrement: 5 });
    const client = strict.client(synced);
    await client.signUp({ token: await strict.track(newUserId()) });
    await client.signIn({ action: "sign-in" });
    await expect(client.signIn({ action: "sign-in", fault: { signCount: 3 } })).resolves.toBeTypeOf("string");
    expect(emulator.journal()[0]?.notes).toEqual(["the signature counter went from 5 to 3"]);
  } finally {
    await emulator.close();
  }
});

test("refuses a counter that stands still where the tenant refuses those that went back, and takes 0 for none", async () => {
  const emulator = await startEmulator({ tenants: [testTenant({ counterRegression: "refuse" })] });
  try {
    const strict = callersOf(emulator);
    const counted = strict.client(
      createSoftAuthenticator({ defaultBackupEligibility: false, signCountIncrement: 5 }),
    );
    await counted.signUp({ token: await strict.track(newUserId()) });
    await counted.signIn({ action: "sign-in" });
    const again = { action: "sign-in", fault: { signCount: 5 } };
    await expect(counted.signIn(again)).rejects.toThrow("invalid_credential");
    const uncounted = strict.client(createSoftAuthenticator({ defaultBackupEligibility: false }));
    await uncounted.signUp({ token: await strict.track(newUserId()) });
    for (let round = 0; round < 2; round += 1) await uncounted.signIn({ action: "sign-in" });
  } finally {
    await emulator.close();
  }
});

test.each<[string, (handle: string, userId: string) => string]>([
  ["base64url, as WebAuthn has it", (handle) => handle],
  ["base64url with padding", (handle) => `${handle}${"=".repeat((4 - (handle.length % 4)) % 4)}`],
  ["base64url that is encoded once more, as iOS sends it", (handle) => toBase64url(Buffer.from(handle))],
  ["the plain user ID, as old clients send it", (_, userId) => userId],
  ["nothing", () => ""],
])("accepts the account's user handle spelled as %s", async (_, spell) => {
  const { client, authenticator, userId } = await enrolled(running);
  const handle = authenticator.credentials()[0]?.userHandle ?? "";
  const fault = { userHandle: spell(handle, userId) };
  await expect(client.signIn({ action: "sign-in", fault })).resolves.toBeTypeOf("string");
});

test("an authentication without user verification is refused if the tenant requires it, and only then", async () => {
  const unverified = { flags: { userVerified: false } };
  const { client } = await enrolled(running);
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

test("user verification can be required of one action, in its options and of its ceremonies", async () => {
  const actions = {
    transfer: { userVerification: "required" },
    enroll: { userVerification: "discouraged" },
  } as const;
  const emulator = await startEmulator({ tenants: [testTenant({ actions })] });
  const callers = callersOf(emulator);
  const authenticator = createSoftAuthenticator();
  const client = callers.client(authenticator);
  const unverified = { flags: { userVerified: false } };
  const userId = newUserId();
  await client.signUp({ token: await callers.track(userId, { action: "enroll" }), fault: unverified });
  await client.signIn({ action: "sign-in", fault: unverified });
  const token = await callers.track(userId, { action: "transfer" });
  const { body } = await callers.post("/user-authenticators/passkey/authentication-options", {}, token);
  expect(body.options.userVerification).toBe("required");
  await expect(client.signInWithToken({ token, fault: unverified })).rejects.toThrow("invalid_credential");
  await client.signInWithToken({ token: await callers.track(userId, { action: "transfer" }) });
  await emulator.seed({ actions: [{ actionCode: "sign-in", userVerification: "required" }] });
  await expect(client.signIn({ action: "sign-in", fault: unverified })).rejects.toThrow("invalid_credential");
  await emulator.close();
});

test("the emulator accepts any port of localhost only with anyLocalhostPort, and an Android app by its key hash", async () => {
  const android = "android:apk-key-hash:Y2VydA";
  const emulator = await startEmulator({
    tenants: [testTenant({ expectedOrigins: [android], anyLocalhostPort: true })],
  });
  const lenient = callersOf(emulator);
  const authenticator = createSoftAuthenticator();
  await lenient.client(authenticator).signUp({ token: await lenient.track(newUserId()) });
  for (const accepted of ["http://localhost:49152", "http://localhost", android]) {
    await lenient.client(authenticator).signIn({ action: "a", fault: { clientData: { origin: accepted } } });
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

test("a tenant with an expected origin that can never match is refused", async () => {
  await expect(
    startEmulator({ tenants: [testTenant({ expectedOrigins: ["http://localhost:3000/"] })] }),
  ).rejects.toThrow("is not an origin");
});
