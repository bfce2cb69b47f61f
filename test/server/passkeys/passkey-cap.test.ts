/** How many passkeys an account may have (S28): counted when an enrollment begins, and again when it is finished. */
import express, { type Router } from "express";
import { describe, expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import { createLogger } from "../../../server/http/log.ts";
import { createPasskeysRouter } from "../../../server/passkeys/index.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { actions } from "../../../shared/actions.ts";
import { captureLog } from "../../kit/captured-log.ts";
import { startEmulatorFor } from "../../kit/emulator-for.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { commonOptions } from "../../mount/host.ts";
import { faults, only } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";

const minute = 60 * 1000;

test("an account can have as many passkeys as the host allows, and no more", async () => {
  const own = await startLab({ host: { options: { maxPasskeys: 2 } } });
  try {
    const { agent } = await own.person("passkey");
    await own.enrollPasskey(agent, createSoftAuthenticator());
    const refused = await agent.post(api("createEnrollToken")).send({}).expect(409);
    expect(refused.body.code).toBe("passkey_limit_reached");
    const { body: passkeys } = await agent.get(api("listPasskeys")).expect(200);
    await agent.delete(`/api/passkeys/${passkeys[0].id}`).expect(204);
    await own.enrollPasskey(agent, createSoftAuthenticator());
  } finally {
    await own.close();
  }
});

async function beginEnrollment(agent: Agent): Promise<string> {
  return (await agent.post(api("createEnrollToken")).send({}).expect(200)).body.token;
}

/** A passkey made past our API, as the holder of a track token can. */
async function signUp(lab: Lab, token: string): Promise<string> {
  const resultToken = await lab.clientApi(createSoftAuthenticator()).signUp({ token });
  lab.keepSecret(token, resultToken);
  return resultToken;
}

describe("the cap holds at the finish too", () => {
  test.each<[string, number, number]>([
    ["when one begun enrollment made several", 1, 3],
    ["when two were begun before either was finished", 2, 1],
  ])("%s: all that nobody has been told of is removed", async (_, begins, passkeysEach) => {
    const lab = await startLab({ host: { options: { maxPasskeys: 2 } } });
    try {
      const { agent } = await lab.person("passkey");
      const { body: before } = await agent.get(api("listPasskeys")).expect(200);
      const begun: string[] = [];
      for (let round = 0; round < begins; round += 1) begun.push(await beginEnrollment(agent));
      const tokens: string[] = [];
      for (const token of begun)
        for (let round = 0; round < passkeysEach; round += 1) tokens.push(await signUp(lab, token));

      const refused = await agent
        .post(api("validate"))
        .send({ token: tokens[0], action: actions.enrollPasskey })
        .expect(409);
      expect(refused.body.code).toBe("passkey_limit_reached");
      expect((await agent.get(api("listPasskeys")).expect(200)).body).toEqual(before);
      const removed = lab.events().filter(({ event }) => event === "passkey.deleted");
      expect(removed).toHaveLength(tokens.length);
      expect(lab.events().at(-1)).toMatchObject({ event: "enrollment.refused", reason: "over-limit" });
      expect(lab.leaks()).toEqual([]);
    } finally {
      await lab.close();
    }
  });

  test("two browsers at once are both told the truth: neither has a passkey, and either can create one then", async () => {
    const lab = await startLab({ host: { options: { maxPasskeys: 2 } } });
    try {
      const { agent, user } = await lab.person("passkey");
      const other = lab.agent();
      await lab.signInWithOtp(other, user.email);
      const finishes: (readonly [Agent, string])[] = [];
      for (const [browser, begun] of [
        [agent, await beginEnrollment(agent)],
        [other, await beginEnrollment(other)],
      ] as const) {
        finishes.push([browser, await signUp(lab, begun)]);
      }
      const answers = await Promise.all(
        finishes.map(([browser, token]) =>
          browser.post(api("validate")).send({ token, action: actions.enrollPasskey }),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted()).not.toContain(200);
      expect(answers.map(({ body }) => body.code)).toContain("passkey_limit_reached");
      expect((await agent.get(api("listPasskeys")).expect(200)).body).toHaveLength(1);
      await lab.enrollPasskey(other, createSoftAuthenticator());
    } finally {
      await lab.close();
    }
  });

  test("a removal that fails leaves the passkey in the list, and the answer as true as ever", async () => {
    const lab = await startLab({ host: { options: { maxPasskeys: 2 } } });
    try {
      const { agent } = await lab.person("passkey");
      const begun = await beginEnrollment(agent);
      const [token] = [await signUp(lab, begun), await signUp(lab, begun)];
      lab.line.fail(only(/\/authenticators\//, faults["answers 500"], "DELETE"));
      const refused = await agent
        .post(api("validate"))
        .send({ token, action: actions.enrollPasskey })
        .expect(409);
      expect(refused.body.code).toBe("passkey_limit_reached");
      lab.line.fail(null);
      expect((await agent.get(api("listPasskeys")).expect(200)).body).toHaveLength(3);
      expect(lab.events().filter(({ event }) => event === "passkey.deleted")).toEqual([]);
    } finally {
      await lab.close();
    }
  });

  test.each([
    ["enrolled here", false],
    ["made past this API", true],
  ])("but when it was lowered meanwhile, it takes no passkey of before that was %s", async (_, unclaimed) => {
    const kit = await startEmulatorFor();
    try {
      const storage = await kit.openStorage();
      const secret = "only the tests of this host know it";
      const store = storage.sessionStore;
      const sessions = createCookieSessions({ store, secret, secure: false, now: kit.now });
      const routerWith = (maxPasskeys: number): Router =>
        createPasskeysRouter({ ...commonOptions(kit, storage, { ...sessions }), maxPasskeys });
      const generous = routerWith(10);
      const strict = routerWith(1);
      let inForce = generous;
      const app = express();
      app.use(sessions.middleware);
      app.use("/api", (req, res, next) => inForce(req, res, next));
      app.use(createErrorHandler(createLogger(captureLog().destination)));

      const agent = kit.agent(app);
      const { id, email } = await kit.signInWithOtp(agent);
      await kit.enrollPasskey(agent, createSoftAuthenticator());
      await kit.enrollPasskey(agent, createSoftAuthenticator());
      const { body: before } = await agent.get(api("listPasskeys")).expect(200);
      if (unclaimed) for (const passkey of before) await storage.flows.forgetPasskey(id, passkey.id);
      kit.advance(40 * minute);
      await kit.signInWithOtp(agent, email);
      const token = await kit.enrollmentToken(agent, createSoftAuthenticator());
      inForce = strict;
      await agent.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(409);
      expect((await agent.get(api("listPasskeys")).expect(200)).body).toEqual(before);
    } finally {
      await kit.close();
    }
  });
});
