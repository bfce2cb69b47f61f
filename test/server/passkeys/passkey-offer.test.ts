import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { type Lab, startLab } from "../lab.ts";

const day = 24 * 60 * 60 * 1000;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

/** Signs in with a code and says whether a passkey was offered. */
async function offered(from: Lab, email: string, agent: Agent = from.agent()): Promise<boolean> {
  await agent.post(api("challengeOtp")).send({ email }).expect(202);
  const code = await from.readCode(email);
  const { body } = await agent.post(api("verifyOtp")).send({ code }).expect(200);
  return body.offerPasskey;
}

/** Signs in in a new browser and answers the offer there. */
async function answer(from: Lab, email: string, given: "not-now" | "never" | "ask-again"): Promise<void> {
  const agent = from.agent();
  await offered(from, email, agent);
  await agent.put(api("answerPasskeyOffer")).send({ answer: given }).expect(204);
}

describe("a passkey is offered", () => {
  test("after a sign-in with a code", async () => {
    expect(await offered(lab, lab.newAddress())).toBe(true);
  });

  test("in a browser without one, also to a user who has one elsewhere", async () => {
    const { user } = await lab.person("passkey");
    expect(await offered(lab, user.email)).toBe(true);
  });

  test("after a sign-in with a passkey of another device", async () => {
    const { authenticator } = await lab.person("passkey");
    const token = await lab.signInToken(authenticator);
    const signedIn = await lab
      .agent()
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey, crossDevice: true })
      .expect(200);
    expect(signedIn.body.offerPasskey).toBe(true);
  });

  test("after a sign-in with a passkey of another device, also in a browser that has used one of its own", async () => {
    const { agent, authenticator } = await lab.person("passkey");
    await agent.delete(api("deleteSession")).expect(204);
    const token = await lab.signInToken(authenticator);
    const signedIn = await agent
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey, crossDevice: true })
      .expect(200);
    expect(signedIn.body.offerPasskey).toBe(true);
  });

  test("in a browser that has only used a passkey of another device", async () => {
    const { authenticator, user } = await lab.person("passkey");
    const agent = lab.agent();
    const token = await lab.signInToken(authenticator);
    await agent
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey, crossDevice: true })
      .expect(200);
    await agent.delete(api("deleteSession")).expect(204);
    expect(await offered(lab, user.email, agent)).toBe(true);
  });

  test("in a browser that made one, if the account has none any more", async () => {
    const { agent, user } = await lab.person("passkey");
    const [passkey] = (await agent.get(api("listPasskeys")).expect(200)).body;
    await agent.delete(`/api/passkeys/${passkey.id}`).expect(204);
    await agent.delete(api("deleteSession")).expect(204);
    expect(await offered(lab, user.email, agent)).toBe(true);
  });

  test("in a browser that made one, if the person tried it in vain before the code; the cool-down holds", async () => {
    const { agent, user } = await lab.person("passkey");
    const signInAfterFailure = async () => {
      await agent.delete(api("deleteSession")).expect(204);
      lab.advance(60_000);
      await agent.post(api("challengeOtp")).send({ email: user.email }).expect(202);
      const body = { code: await lab.readCode(user.email), passkeyFailed: true };
      return (await agent.post(api("verifyOtp")).send(body).expect(200)).body.offerPasskey;
    };
    expect(await signInAfterFailure()).toBe(true);
    await agent.put(api("answerPasskeyOffer")).send({ answer: "not-now" }).expect(204);
    expect(await signInAfterFailure()).toBe(false);
  });

  test("to another person in the same browser", async () => {
    const { agent } = await lab.person("passkey");
    await agent.delete(api("deleteSession")).expect(204);
    expect(await offered(lab, lab.newAddress(), agent)).toBe(true);
  });
});

describe("no passkey is offered", () => {
  test("after a sign-in with a passkey of this device", async () => {
    const { authenticator } = await lab.person("passkey");
    const token = await lab.signInToken(authenticator);
    const signedIn = await lab
      .agent()
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey })
      .expect(200);
    expect(signedIn.body.offerPasskey).toBe(false);
  });

  test("in the browser that made one", async () => {
    const { agent, user } = await lab.person("passkey");
    await agent.delete(api("deleteSession")).expect(204);
    expect(await offered(lab, user.email, agent)).toBe(false);
  });

  test("in a browser that has used one", async () => {
    const { authenticator, user } = await lab.person("passkey");
    const agent = lab.agent();
    await lab.signInWithPasskey(agent, authenticator);
    await agent.delete(api("deleteSession")).expect(204);
    expect(await offered(lab, user.email, agent)).toBe(false);
  });

  test("in the middle of a step-up", async () => {
    const { agent, user } = await lab.person();
    expect(await offered(lab, user.email, agent)).toBe(false);
  });

  test("to a user who has as many as the account may have", async () => {
    const own = await startLab({ host: { options: { maxPasskeys: 1 } } });
    try {
      const { user } = await own.person("passkey");
      expect(await offered(own, user.email)).toBe(false);
    } finally {
      await own.close();
    }
  });
});

describe('"not now"', () => {
  test("asks again after 14 days, then after 60, then never, in any browser", async () => {
    const own = await startLab();
    try {
      const email = own.newAddress();
      await answer(own, email, "not-now");
      expect(await offered(own, email)).toBe(false);
      own.advance(14 * day - 60_000);
      expect(await offered(own, email)).toBe(false);
      own.advance(120_000);
      expect(await offered(own, email)).toBe(true);

      await answer(own, email, "not-now");
      own.advance(59 * day);
      expect(await offered(own, email)).toBe(false);
      own.advance(2 * day);
      expect(await offered(own, email)).toBe(true);

      await answer(own, email, "not-now");
      own.advance(1000 * day);
      expect(await offered(own, email)).toBe(false);
    } finally {
      await own.close();
    }
  });

  test("waits as many days as the host says", async () => {
    const own = await startLab({ host: { options: { offerAgainAfterDays: [1] } } });
    try {
      const email = own.newAddress();
      await answer(own, email, "not-now");
      own.advance(day + 60_000);
      expect(await offered(own, email)).toBe(true);
    } finally {
      await own.close();
    }
  });
});

test('"never" is never, until the person says "ask again"', async () => {
  const own = await startLab();
  try {
    const email = own.newAddress();
    await answer(own, email, "never");
    own.advance(1000 * day);
    expect(await offered(own, email)).toBe(false);
    await answer(own, email, "ask-again");
    expect(await offered(own, email)).toBe(true);
  } finally {
    await own.close();
  }
});

test("an answer is the account's own: it concerns nobody else", async () => {
  await answer(lab, lab.newAddress(), "never");
  expect(await offered(lab, lab.newAddress())).toBe(true);
  await lab.agent().put(api("answerPasskeyOffer")).send({ answer: "never" }).expect(401);
});

test.each(["maybe", "", "NEVER", null, ["never"]])("the answer %j is refused", async (given) => {
  const { agent } = await lab.person();
  const refused = await agent.put(api("answerPasskeyOffer")).send({ answer: given }).expect(400);
  expect(refused.body.code).toBe("validation_failed");
});

test("a planted browser cookie proves nothing: at worst a person is not asked", async () => {
  const { agent, user } = await lab.person("passkey");
  const thief = lab.agent();
  const stolen = await agent.get(api("getSession"));
  expect(stolen.status).toBe(200);
  await thief
    .get(api("listPasskeys"))
    .set("Cookie", `passkeys_browser=${"A".repeat(32)}`)
    .expect(401);
  const { body } = await thief
    .get(api("getSession"))
    .set("Cookie", `passkeys_browser=${"A".repeat(32)}`)
    .expect(200);
  expect(body.user).toBeNull();
  expect(await offered(lab, user.email, thief)).toBe(true);
});

test("the offer does not hinder the enrollment: a user who said never may still create one", async () => {
  const { agent } = await lab.person();
  await agent.put(api("answerPasskeyOffer")).send({ answer: "never" }).expect(204);
  await lab.enrollPasskey(agent, createSoftAuthenticator());
});
