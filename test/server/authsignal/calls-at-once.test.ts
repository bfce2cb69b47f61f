/** Calls to Authsignal that do not need each other are made at the same time: a person waits for one round trip. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { type Lab, startLab } from "../lab.ts";
import { type Fault, send } from "./authsignal-line.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

/** Answers nothing before `count` calls are waiting. Calls made one after the other reach the deadline. */
function together(count: number): Fault {
  let waiting = 0;
  let open = (): void => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return async ({ forward, response }) => {
    waiting += 1;
    if (waiting === count) open();
    await all;
    const real = await forward();
    send(response, real.status, "application/json", real.body);
  };
}

async function callsDuring(run: () => Promise<unknown>): Promise<readonly string[]> {
  const before = lab.line.calls().length;
  lab.line.fail(together(2));
  try {
    await run();
  } finally {
    lab.line.fail(null);
  }
  return lab.line.calls().slice(before).toSorted();
}

test("The beginning of an enrollment asks for the authenticators and the token at once", async () => {
  const { agent, user } = await lab.person();
  const calls = await callsDuring(() => agent.post(api("createEnrollToken")).send({}).expect(200));
  expect(calls).toEqual([
    `GET /users/${user.id}/authenticators`,
    `POST /users/${user.id}/actions/${actions.enrollPasskey}`,
  ]);
});

test("The finish of an enrollment asks for the authenticators and the proof at once", async () => {
  const { agent, user } = await lab.person();
  const { body } = await agent.post(api("createEnrollToken")).send({}).expect(200);
  const token = await lab.clientApi(createSoftAuthenticator()).signUp({ token: body.token });
  lab.keepSecret(body.token, token);
  const calls = await callsDuring(() =>
    agent.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(200),
  );
  expect(calls).toEqual([`GET /users/${user.id}/authenticators`, "POST /validate"]);
});

test("The beginning of a step-up asks for the authenticators and the token at once", async () => {
  const { agent, user } = await lab.person("passkey");
  const action = actions.managePasskeys;
  const calls = await callsDuring(() => agent.post(api("createStepUpToken")).send({ action }).expect(200));
  expect(calls).toEqual([`GET /users/${user.id}/authenticators`, `POST /users/${user.id}/actions/${action}`]);
});

test("A step-up of a user without a passkey tracks an action whose token never leaves the server", async () => {
  const { agent } = await lab.person();
  const refused = await agent
    .post(api("createStepUpToken"))
    .send({ action: actions.managePasskeys })
    .expect(403);
  expect(JSON.stringify(refused.body)).not.toContain("eyJ");
});
