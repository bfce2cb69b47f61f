/** What happens to an account while the emulator checks a signature: the check must not bring back what is gone by then. */
import { afterEach, expect, test, vi } from "vitest";
import { gate } from "../../kit/gate.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { fromBase64url, toBase64url } from "../../kit/webauthn-json.ts";
import { enrollEmail, enrolled, lastRefusal, newUserId, origin, runEmulator } from "../running-emulator.ts";

const running = runEmulator();
afterEach(() => {
  vi.restoreAllMocks();
});

/** Holds up the emulator's next call to this method of WebCrypto, on which every check of a ceremony waits. */
function holdNext(method: "digest" | "verify") {
  const { arrive, arrived, open, opened } = gate();
  const { subtle } = globalThis.crypto;
  const call: (...input: never[]) => Promise<unknown> = subtle[method].bind(subtle);
  vi.spyOn(subtle, method).mockImplementationOnce(async (...input: unknown[]) => {
    arrive();
    await opened;
    return call(...(input as never[])) as never;
  });
  return { arrived, open };
}

test("a passkey that is deleted while its signature is checked signs nobody in and stays deleted", async () => {
  const { userId, authenticator } = await enrolled(running);
  const [passkey] = await running.authsignal.getAuthenticators({ userId });
  const { body } = await running.post("/user-authenticators/passkey/authentication-options", {});
  const authenticationCredential = await authenticator.get(body.options, { origin });
  const { arrived, open } = holdNext("verify");
  const signingIn = running.post("/verify/passkey", {
    challengeId: body.challengeId,
    authenticationCredential,
  });
  await arrived;
  const userAuthenticatorId = passkey?.userAuthenticatorId ?? "";
  await running.authsignal.deleteAuthenticator({ userId, userAuthenticatorId });
  open();
  expect((await signingIn).body.errorCode).toBe("invalid_credential");
  expect(lastRefusal(running)).toBe("the credential was deleted during the ceremony");
  expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
});

/** A registration of this user up to its end. The credential is the given one, or a new one. */
async function registration(like?: { readonly response: { readonly clientDataJSON: string } }) {
  const userId = newUserId();
  const token = await running.track(userId);
  const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, token);
  const made = like ?? (await createSoftAuthenticator().create(body.options, { origin }));
  const clientData: object = JSON.parse(
    new TextDecoder().decode(fromBase64url(made.response.clientDataJSON)),
  );
  const own = { ...clientData, challenge: body.options.challenge };
  const clientDataJSON = toBase64url(Buffer.from(JSON.stringify(own)));
  // A `none` attestation does not sign the client data, so the same credential answers another user's challenge too.
  const registrationCredential = { ...made, response: { ...made.response, clientDataJSON } };
  const finish = { challengeId: body.challengeId, registrationCredential };
  return {
    userId,
    token,
    registrationCredential,
    finish: () => running.post("/user-authenticators/passkey", finish, token),
  };
}

test("a credential that another user registers while it is checked is registered for that user alone", async () => {
  const slow = await registration();
  const quick = await registration(slow.registrationCredential);
  const { arrived, open } = holdNext("digest");
  const finishing = slow.finish();
  await arrived;
  expect((await quick.finish()).body).toMatchObject({ isVerified: true });
  open();
  expect((await finishing).body.errorCode).toBe("invalid_request");
  expect(await running.authsignal.getAuthenticators({ userId: slow.userId })).toEqual([]);
  expect(await running.authsignal.getAuthenticators({ userId: quick.userId })).toHaveLength(1);
});

test("a user who is deleted while a passkey is checked gets no passkey", async () => {
  const { userId, finish } = await registration();
  const { arrived, open } = holdNext("digest");
  const finishing = finish();
  await arrived;
  await running.authsignal.deleteUser({ userId });
  open();
  expect((await finishing).body.errorCode).toBe("invalid_request");
  expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
});

test("an authenticator that is added while the first passkey is checked leaves that passkey without the right to be added", async () => {
  const { userId, finish } = await registration();
  const { arrived, open } = holdNext("digest");
  const finishing = finish();
  await arrived;
  const email = `${userId}@example.com`;
  await enrollEmail(running, userId, email);
  open();
  expect((await finishing).status).toBe(403);
  expect(await running.authsignal.getAuthenticators({ userId })).toMatchObject([{ email }]);
});
