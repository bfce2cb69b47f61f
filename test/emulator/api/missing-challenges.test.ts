/** Why a challenge cannot be used: the caller gets one answer, the journal tells the reasons apart. */
import { describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { lastRefusal, newUserId, origin, runEmulator } from "../running-emulator.ts";

const running = runEmulator();
const refused = { statusCode: 400 };

describe("a code challenge", () => {
  const begin = () =>
    running.authsignal.challenge({
      verificationMethod: "EMAIL_OTP",
      action: "sign-in",
      email: "a@example.com",
    });
  const verify = (challengeId: string) =>
    expect(running.authsignal.verify({ challengeId, verificationCode: "000000" })).rejects.toMatchObject(
      refused,
    );

  test("the journal says that a code challenge has expired, also after its record was dropped", async () => {
    const { challengeId } = await begin();
    running.emulator.clock.advance(11 * 60_000);
    await verify(challengeId);
    expect(lastRefusal(running)).toBe("the challenge has expired");
    running.emulator.clock.resume();
  });

  test("the journal says that no challenge has an id that was never given", async () => {
    await verify("3f0c4b5e-0000-4000-8000-000000000000");
    expect(lastRefusal(running)).toBe("no challenge has this id");
  });
});

describe("a passkey challenge", () => {
  const passkey = "/user-authenticators/passkey";

  test("the journal says that a passkey challenge has expired, was used, or never existed", async () => {
    const authenticator = createSoftAuthenticator();
    await running.client(authenticator).signUp({ token: await running.track(newUserId()) });
    const begin = async () => {
      const { challengeId } = (await running.post("/challenge", { action: "sign-in" })).body;
      const { options } = (await running.post(`${passkey}/authentication-options`, { challengeId })).body;
      return { challengeId, authenticationCredential: await authenticator.get(options, { origin }) };
    };
    const used = await begin();
    expect((await running.post("/verify/passkey", used)).status).toBe(200);
    expect((await running.post("/verify/passkey", used)).status).toBe(400);
    expect(lastRefusal(running)).toBe("the challenge was already used");
    const late = await begin();
    running.emulator.clock.advance(11 * 60_000);
    expect((await running.post("/verify/passkey", late)).status).toBe(400);
    expect(lastRefusal(running)).toBe("the challenge has expired");
    running.emulator.clock.resume();
    const challengeId = "3f0c4b5e-0000-4000-8000-000000000000";
    expect((await running.post("/verify/passkey", { ...late, challengeId })).status).toBe(400);
    expect(lastRefusal(running)).toBe("no open passkey challenge has this id");
  });
});
