import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { only, send } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";

const minute = 60 * 1000;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

describe("creating a passkey", () => {
  test("begins with a token, a random user name for Authsignal and the address for the password manager", async () => {
    const { agent, authenticator, user } = await lab.person();
    const begun = await agent.post(api("createEnrollToken")).send({}).expect(200);
    expect(begun.body).toEqual({
      token: expect.any(String),
      username: expect.stringMatching(/^[\da-f-]{36}$/),
      displayName: user.email,
      userVerification: "required",
    });
    const again = await agent.post(api("createEnrollToken")).send({}).expect(200);
    expect(again.body.username).not.toBe(begun.body.username);
    const passkey = await lab.enrollPasskey(agent, authenticator);
    const listed = await agent.get(api("listPasskeys")).expect(200);
    expect(listed.body).toEqual([passkey]);
    expect(passkey.credentialId).toBe(authenticator.credentials()[0]?.credentialId);
  });

  test("is possible again, for another device", async () => {
    const { agent, authenticator } = await lab.person("passkey");
    await lab.enrollPasskey(agent, createSoftAuthenticator());
    const listed = await agent.get(api("listPasskeys")).expect(200);
    expect(listed.body).toHaveLength(2);
    await lab.signInWithPasskey(lab.agent(), authenticator);
  });

  test("is refused for the authenticator that holds one already", async () => {
    const { agent, authenticator } = await lab.person("passkey");
    await expect(lab.enrollmentToken(agent, authenticator)).rejects.toMatchObject({
      name: "InvalidStateError",
    });
  });
});

describe("fresh authentication", () => {
  test.each([
    ["nine minutes after the sign-in a token is given", 9, 200],
    ["eleven minutes after the sign-in it is not", 11, 403],
  ])("%s", async (_, minutes, status) => {
    const own = await startLab();
    try {
      const { agent } = await own.person();
      own.advance(minutes * minute);
      await agent.post(api("createEnrollToken")).send({}).expect(status);
    } finally {
      await own.close();
    }
  });

  test("a stale session is told which methods would do: a code while there is no passkey", async () => {
    const own = await startLab();
    try {
      const { agent } = await own.person();
      own.advance(11 * minute);
      const refused = await agent.post(api("createEnrollToken")).send({}).expect(403);
      expect(refused.body).toMatchObject({
        code: "step_up_required",
        stepUp: { action: actions.managePasskeys, methods: ["email-otp"] },
      });
      expect(refused.body).not.toHaveProperty("token");
    } finally {
      await own.close();
    }
  });

  test("a stale session becomes fresh with the passkey it has, or with a code", async () => {
    const own = await startLab();
    try {
      const { agent, authenticator, user } = await own.person("passkey");
      own.advance(11 * minute);
      const refused = await agent.post(api("createEnrollToken")).send({}).expect(403);
      expect(refused.body.stepUp.methods).toEqual(["passkey", "email-otp"]);
      await own.proveAgain({ agent, authenticator });
      await agent.post(api("createEnrollToken")).send({}).expect(200);

      own.advance(11 * minute);
      await agent.post(api("createEnrollToken")).send({}).expect(403);
      await own.signInWithOtp(agent, user.email);
      await agent.post(api("createEnrollToken")).send({}).expect(200);
    } finally {
      await own.close();
    }
  });

  test("how long a proof is fresh is the host's to say", async () => {
    const own = await startLab({ host: { options: { freshSeconds: 60 } } });
    try {
      const { agent } = await own.person();
      own.advance(61 * 1000);
      await agent.post(api("createEnrollToken")).send({}).expect(403);
    } finally {
      await own.close();
    }
  });

  test("with emailStepUp off a code refreshes no account that has a passkey, however recent it is", async () => {
    const own = await startLab({ host: { options: { emailStepUp: false } } });
    try {
      const { agent, authenticator, user } = await own.person("passkey");
      const again = own.agent();
      await own.signInWithOtp(again, user.email);
      const refused = await again.post(api("createEnrollToken")).send({}).expect(403);
      expect(refused.body.stepUp).toEqual({ action: actions.managePasskeys, methods: ["passkey"] });
      const { body: passkeys } = await again.get(api("listPasskeys")).expect(200);
      const notDeleted = await again.delete(`/api/passkeys/${passkeys[0].id}`).expect(403);
      expect(notDeleted.body.code).toBe("step_up_required");

      await own.proveAgain({ agent: again, authenticator });
      await again.post(api("createEnrollToken")).send({}).expect(200);
      // Whoever has none yet needs a way to the first.
      await (await own.person()).agent.post(api("createEnrollToken")).send({}).expect(200);
      await agent.post(api("createEnrollToken")).send({}).expect(403);
    } finally {
      await own.close();
    }
  });
});

/** A passkey made past our API, as the holder of a track token can. */
async function signUp(own: Lab, token: string): Promise<string> {
  const resultToken = await own.clientApi(createSoftAuthenticator()).signUp({ token });
  own.keepSecret(token, resultToken);
  return resultToken;
}

describe("finishing an enrollment", () => {
  test("needs a session", async () => {
    const { agent, authenticator } = await lab.person();
    const token = await lab.enrollmentToken(agent, authenticator);
    const refused = await lab
      .agent()
      .post(api("validate"))
      .send({ token, action: actions.enrollPasskey })
      .expect(401);
    expect(refused.body.code).toBe("not_authenticated");
  });

  test("needs the session that began it: another one of the same person is refused", async () => {
    const { agent, authenticator, user } = await lab.person();
    const token = await lab.enrollmentToken(agent, authenticator);
    const elsewhere = lab.agent();
    await lab.signInWithOtp(elsewhere, user.email);
    const refused = await elsewhere
      .post(api("validate"))
      .send({ token, action: actions.enrollPasskey })
      .expect(401);
    expect(refused.body.code).toBe("token_mismatch");
  });

  test("is refused to another person's session", async () => {
    const { agent, authenticator } = await lab.person();
    const token = await lab.enrollmentToken(agent, authenticator);
    const other = await lab.person();
    const refused = await other.agent
      .post(api("validate"))
      .send({ token, action: actions.enrollPasskey })
      .expect(401);
    expect(refused.body.code).toBe("token_mismatch");
  });

  test("survives a step-up in the meantime: the session is the same one", async () => {
    const { agent, authenticator, user } = await lab.person();
    const token = await lab.enrollmentToken(agent, authenticator);
    await lab.signInWithOtp(agent, user.email);
    await agent.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(200);
  });

  test("twice is refused the second time", async () => {
    const { agent, authenticator } = await lab.person();
    const token = await lab.enrollmentToken(agent, authenticator);
    await agent.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(200);
    const again = await agent
      .post(api("validate"))
      .send({ token, action: actions.enrollPasskey })
      .expect(401);
    expect(again.body.code).toBe("token_already_used");
  });

  test("adds one passkey: what else was made with its token is never finished, also in parallel", async () => {
    const { agent } = await lab.person();
    const { body: begun } = await agent.post(api("createEnrollToken")).send({}).expect(200);
    const tokens = [await signUp(lab, begun.token), await signUp(lab, begun.token)];
    const finish = (token: string) =>
      agent.post(api("validate")).send({ token, action: actions.enrollPasskey });
    const answers = await Promise.all(tokens.map(finish));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(answers.find(({ status }) => status === 401)?.body.code).toBe("token_already_used");
    const late = await finish(await signUp(lab, begun.token)).expect(401);
    expect(late.body.code).toBe("token_already_used");
  });

  test("needs a new passkey: a token that proved an old one is refused", async () => {
    const { agent, authenticator } = await lab.person("passkey");
    const { body: begun } = await agent.post(api("createEnrollToken")).send({}).expect(200);
    const token = await lab.clientApi(authenticator).signInWithToken({ token: begun.token });
    lab.keepSecret(begun.token, token);
    const refused = await agent
      .post(api("validate"))
      .send({ token, action: actions.enrollPasskey })
      .expect(401);
    expect(refused.body.code).toBe("token_mismatch");
  });

  test.each(["EMAIL_OTP", "SMS"])(
    "needs a passkey's proof: with %s in its place it is refused, although a new passkey is there",
    async (verificationMethod) => {
      const { agent, authenticator } = await lab.person();
      const token = await lab.enrollmentToken(agent, authenticator);
      const change = only("/validate", async ({ forward, response }) => {
        const { status, body } = await forward();
        const answer = { ...JSON.parse(body), verificationMethod };
        send(response, status, "application/json", JSON.stringify(answer));
      });
      lab.line.fail(change);
      const refused = await agent.post(api("validate")).send({ token, action: actions.enrollPasskey });
      lab.line.fail(null);
      expect(refused.body.code).toBe("challenge_failed");
    },
  );

  test.each([
    ["a phishing origin", { clientData: { origin: "https://localhost.example.com" } }],
    ["another site's RP ID", { rpId: "example.com" }],
    ["an authentication's client data", { clientData: { type: "webauthn.get" } }],
    ["a backed up passkey that is not eligible", { flags: { backupEligible: false, backupState: true } }],
  ])("is impossible after a ceremony with %s", async (_, fault) => {
    const { agent, authenticator } = await lab.person();
    await expect(lab.enrollmentToken(agent, authenticator, fault)).rejects.toMatchObject({
      name: "ClientApiError",
    });
    const listed = await agent.get(api("listPasskeys")).expect(200);
    expect(listed.body).toEqual([]);
  });
});
