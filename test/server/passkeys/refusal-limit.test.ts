/** A refused token costs a call to Authsignal and a row of the audit trail: nobody has as many as they like. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { answering, faults, only } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ policies: { limits: { refusalsPerUser: { points: 3, seconds: 900 } } } });
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

const bring = (agent: Agent, action: string) => agent.post(api("validate")).send({ token: "forged", action });

describe("a signed-in person's forged tokens", () => {
  test.each([
    ["enrollments", actions.enrollPasskey],
    ["step-ups", actions.managePasskeys],
    ["sign-ins", actions.signInWithPasskey],
  ])("for %s are refused unseen after some, and nobody else is affected", async (_, action) => {
    const { agent } = await lab.person();
    for (let round = 0; round < 3; round += 1) await bring(agent, action).expect(401);
    const before = lab.line.calls().length;
    const refused = await bring(agent, action).expect(429);
    expect(refused.body.code).toBe("rate_limited");
    expect(lab.line.calls().slice(before)).toEqual([]);
    await bring((await lab.person()).agent, action).expect(401);
  });

  test.each([
    ["a key that is none", 401, "unauthorized"],
    ["a token that is none", 400, "invalid_request"],
    ["too many of them", 429, "too_many_requests"],
  ])("are counted where Authsignal takes them for %s", async (_, status, error) => {
    const { agent } = await lab.person();
    lab.line.fail(answering("/validate", { error, errorDescription: "No." }, status));
    try {
      for (let round = 0; round < 3; round += 1) await bring(agent, actions.managePasskeys);
      const before = lab.line.calls().length;
      await bring(agent, actions.managePasskeys).expect(429);
      expect(lab.line.calls().slice(before)).toEqual([]);
    } finally {
      lab.line.fail(null);
    }
  });

  test("are not counted in an outage: that is nobody's doing", async () => {
    const { agent, authenticator } = await lab.person();
    const token = await lab.enrollmentToken(agent, authenticator);
    lab.line.fail(only("/validate", faults["answers 500"]));
    try {
      for (let round = 0; round < 4; round += 1) await bring(agent, actions.managePasskeys).expect(503);
    } finally {
      lab.line.fail(null);
    }
    await agent.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(200);
  });

  test("count together, and the right token waits with them: no answer tells which it is", async () => {
    const { agent, authenticator } = await lab.person();
    const token = await lab.enrollmentToken(agent, authenticator);
    for (const action of [actions.enrollPasskey, actions.managePasskeys, actions.enrollPasskey])
      await bring(agent, action).expect(401);
    await agent.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(429);
  });
});
