import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

let lab: Lab;
let person: Person;
beforeAll(async () => {
  lab = await startLab();
  person = await lab.person("passkey");
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

describe("signing in with a passkey", () => {
  test("starts a session for the passkey's owner", async () => {
    const agent = lab.agent();
    expect(await lab.signInWithPasskey(agent, person.authenticator)).toEqual(person.user);
    const session = await agent.get(api("getSession")).expect(200);
    expect(session.body).toMatchObject({ user: person.user });
  });

  test("takes the user from the validated answer, never from the request", async () => {
    const victim = await lab.person("passkey");
    const token = await lab.signInToken(person.authenticator);
    const refused = await lab
      .agent()
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey, userId: victim.user.id })
      .expect(400);
    expect(refused.body.code).toBe("validation_failed");
    const accepted = await lab
      .agent()
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey })
      .expect(200);
    expect(accepted.body.user).toEqual(person.user);
  });

  test("is repeated as often as one likes: successes are not charged", async () => {
    const ip = "198.51.100.7";
    for (let round = 0; round < 12; round += 1) {
      await lab.signInWithPasskey(lab.agent(ip), person.authenticator);
    }
  });

  test("renews the session of a user who is signed in already", async () => {
    const agent = lab.agent();
    await lab.signInWithPasskey(agent, person.authenticator);
    expect(await lab.signInWithPasskey(agent, person.authenticator)).toEqual(person.user);
  });
});

describe("what does not sign in", () => {
  test("another person's passkey on top of a session", async () => {
    const other = await lab.person("passkey");
    const token = await lab.signInToken(other.authenticator);
    const refused = await person.agent
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey })
      .expect(401);
    expect(refused.body.code).toBe("token_mismatch");
    const session = await person.agent.get(api("getSession")).expect(200);
    expect(session.body.user).toEqual(person.user);
  });

  test("a deleted passkey", async () => {
    const leaver = await lab.person("passkey");
    const {
      body: [passkey],
    } = await leaver.agent.get(api("listPasskeys")).expect(200);
    await leaver.agent.delete(`/api/passkeys/${passkey.id}`).expect(204);
    await expect(lab.signInToken(leaver.authenticator)).rejects.toMatchObject({
      errorCode: "unknown_credential",
    });
  });

  test("a passkey whose account we do not have", async () => {
    const stranger = await lab.person("passkey");
    await lab.storage.accounts.deleteFrom("users").where("id", "=", stranger.user.id).execute();
    const token = await lab.signInToken(stranger.authenticator);
    const agent = lab.agent();
    const refused = await agent
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey })
      .expect(401);
    expect(refused.body.code).toBe("challenge_failed");
    const gone = await stranger.agent.get(api("getSession")).expect(200);
    expect(gone.body.user).toBeNull();
    await stranger.agent.get(api("listPasskeys")).expect(401);
  });

  test.each([
    ["a phishing origin", { clientData: { origin: "http://localhost.example.com" } }],
    ["a page embedded in another site", { clientData: { crossOrigin: true } }],
    ["another WebAuthn challenge", { clientData: { challenge: "AAAAAAAAAAAAAAAAAAAAAA" } }],
    ["a registration's client data", { clientData: { type: "webauthn.create" } }],
    ["another site's RP ID", { rpId: "example.com" }],
    ["no user presence", { flags: { userPresent: false } }],
    ["a backed up passkey that is not eligible", { flags: { backupEligible: false, backupState: true } }],
    ["a broken signature", { tamperedSignature: true as const }],
    ["another account's user handle", { userHandle: "c29tZWJvZHkgZWxzZQ" }],
    ["a credential that nobody enrolled", { credentialId: "AAAA" }],
  ])("a ceremony with %s: it yields no token", async (_, fault) => {
    await expect(lab.signInToken(person.authenticator, fault)).rejects.toMatchObject({
      name: "ClientApiError",
    });
  });

  test("an authenticator without a passkey for this site", async () => {
    await expect(lab.signInToken(createSoftAuthenticator())).rejects.toMatchObject({
      name: "NotAllowedError",
    });
  });

  test("a visitor can get no track token", async () => {
    const visitor = lab.agent();
    for (const operation of ["createEnrollToken", "createStepUpToken"] as const) {
      const body = operation === "createStepUpToken" ? { action: actions.managePasskeys } : {};
      const refused = await visitor.post(api(operation)).send(body).expect(401);
      expect(refused.body.code).toBe("not_authenticated");
    }
  });
});
