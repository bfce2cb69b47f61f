/** Simultaneous requests use a one-time value only once. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { newUserId, origin, runEmulator } from "../running-emulator.ts";

const running = runEmulator();
const together = <T>(act: () => Promise<T>) => Promise.allSettled(Array.from({ length: 8 }, act));
const successes = <T>(outcomes: readonly PromiseSettledResult<T>[]) =>
  outcomes.filter((outcome) => outcome.status === "fulfilled");

async function verifiedChallenge(email: string): Promise<string> {
  const { challengeId } = await running.authsignal.challenge({
    verificationMethod: "EMAIL_OTP",
    action: "sign-in",
    email,
  });
  await running.authsignal.verify({ challengeId, verificationCode: running.code(email) });
  return challengeId;
}

test("of many simultaneous answers to a WebAuthn challenge, one is accepted", async () => {
  const authenticator = createSoftAuthenticator();
  await running.client(authenticator).signUp({ token: await running.track(newUserId()) });
  const { body } = await running.post("/user-authenticators/passkey/authentication-options", {});
  const authenticationCredential = await authenticator.get(body.options, { origin });
  const { challengeId } = body;
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      running.post("/verify/passkey", { challengeId, authenticationCredential }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test("of two simultaneous registrations of a credential, one succeeds", async () => {
  const authenticator = createSoftAuthenticator();
  const userId = newUserId();
  const token = await running.track(userId);
  const begin = () => running.post("/user-authenticators/passkey/registration-options", {}, token);
  const ceremonies = [await begin(), await begin()];
  const answers = await Promise.all(
    ceremonies.map(async ({ body: { challengeId, options } }) => {
      const registrationCredential = await authenticator.create(options, { origin });
      return running.post("/user-authenticators/passkey", { challengeId, registrationCredential }, token);
    }),
  );
  // The second one is no longer the user's first authenticator, and the token has no scope to add another.
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  expect(await running.authsignal.getAuthenticators({ userId })).toHaveLength(1);
});

test("of many simultaneous claims of a challenge, one succeeds", async () => {
  const challengeId = await verifiedChallenge("claimed@example.com");
  const outcomes = await together(() =>
    running.authsignal.claimChallenge({ challengeId, userId: newUserId() }),
  );
  expect(successes(outcomes)).toHaveLength(1);
});

test("of many simultaneous checks of a code, one succeeds", async () => {
  const email = "checked@example.com";
  const { challengeId } = await running.authsignal.challenge({
    verificationMethod: "EMAIL_OTP",
    action: "sign-in",
    email,
  });
  const verificationCode = running.code(email);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => running.authsignal.verify({ challengeId, verificationCode })),
  );
  expect(answers.filter(({ isVerified }) => isVerified)).toHaveLength(1);
});

test("of many simultaneous refreshes of a session, one succeeds", async () => {
  const token = await running.client().signUp({ token: await running.track(newUserId()) });
  const { refreshToken } = await running.authsignal.createSession({ token, clientId: "web" });
  const outcomes = await together(() => running.authsignal.refreshSession({ refreshToken }));
  const [fresh, ...more] = successes(outcomes);
  expect(more).toEqual([]);
  expect(
    await running.authsignal.validateSession({ accessToken: fresh?.value.accessToken ?? "" }),
  ).toHaveProperty("user");
});
