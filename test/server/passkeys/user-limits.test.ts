/** What one person may have Authsignal do: its patience is one for everybody. */
import { afterAll, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { routes } from "../../../shared/routes.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { startLab } from "../lab.ts";

const three = { points: 3, seconds: 900 };
const lab = await startLab({ policies: { limits: { beginsPerUser: three, callsPerUser: three } } });
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

test("a person begins only so many enrollments and step-ups, from wherever; others are not affected", async () => {
  const eager = await lab.person("passkey");
  const other = await lab.person("passkey");
  const enroll = (who: typeof eager) => who.agent.post(`/api${routes.createEnrollToken.path}`).send({});
  const stepUp = (who: typeof eager) =>
    who.agent.post(`/api${routes.createStepUpToken.path}`).send({ action: actions.managePasskeys });

  // The enrollment that made the passkey was the first.
  await enroll(eager).expect(200);
  await stepUp(eager).expect(200);
  for (const refused of [await enroll(eager), await stepUp(eager)]) {
    expect(refused.status).toBe(429);
    expect(refused.body.code).toBe("rate_limited");
    expect(Number(refused.get("Retry-After"))).toBeGreaterThan(0);
  }
  await enroll(other).expect(200);
});

test("begins of a session that is not fresh count too: each asks which proof would do", async () => {
  const own = await startLab({ policies: { limits: { beginsPerUser: three } } });
  try {
    const { agent } = await own.person();
    own.advance(11 * 60_000);
    for (let round = 0; round < 3; round += 1)
      await agent.post(api("createEnrollToken")).send({}).expect(403);
    const before = own.line.calls().length;
    await agent.post(api("createEnrollToken")).send({}).expect(429);
    expect(own.line.calls().slice(before)).toEqual([]);
  } finally {
    await own.close();
  }
});

test.each([
  ["lists", (agent: Agent) => agent.get(api("listPasskeys"))],
  ["renames", (agent: Agent) => agent.patch("/api/passkeys/unknown").send({ name: "Mine" })],
  ["deletions", (agent: Agent) => agent.delete("/api/passkeys/unknown")],
  [
    "answers to the offer",
    (agent: Agent) => agent.put(api("answerPasskeyOffer")).send({ answer: "not-now" }),
  ],
])("a person has only so many %s, and nobody else has fewer for it", async (_, ask) => {
  const eager = await lab.person();
  for (let round = 0; round < 3; round += 1) expect((await ask(eager.agent)).status).not.toBe(429);
  const before = lab.line.calls().length;
  const refused = await ask(eager.agent).expect(429);
  expect(refused.body.code).toBe("rate_limited");
  expect(lab.line.calls().slice(before)).toEqual([]);
  await (await lab.person()).agent.get(api("listPasskeys")).expect(200);
});

test("a guarded route without a proof is one of them", async () => {
  const own = await startLab({
    host: {
      options: { stepUpActions: ["transfer-funds"], limits: { callsPerUser: three } },
      routes: (app, requireStepUp) => app.post("/transfers", requireStepUp("transfer-funds")),
    },
  });
  try {
    const { agent } = await own.person("passkey");
    for (let round = 0; round < 3; round += 1) await agent.post("/transfers").expect(403);
    const before = own.line.calls().length;
    await agent.post("/transfers").expect(429);
    expect(own.line.calls().slice(before)).toEqual([]);
  } finally {
    await own.close();
  }
});

const ten = { points: 10, seconds: 900 };

/** Asks until it is told to wait. */
async function exhaust(ask: () => PromiseLike<{ readonly status: number }>): Promise<void> {
  for (let round = 0; round < 2 * ten.points; round += 1) if ((await ask()).status === 429) return;
  throw new Error("Nothing refused it.");
}

const exhaustAll = async (agent: Agent): Promise<void> => {
  await exhaust(() => agent.get(api("listPasskeys")));
  await exhaust(() => agent.post(api("createStepUpToken")).send({ action: actions.managePasskeys }));
  await exhaust(() => agent.post(api("validate")).send({ token: "forged", action: actions.managePasskeys }));
};

test("a stolen session cannot keep the person's other sessions from ending it", async () => {
  const own = await startLab({
    policies: { limits: { beginsPerUser: ten, callsPerUser: ten, refusalsPerUser: ten } },
  });
  try {
    const person = await own.person("passkey");
    const stolen = own.agent();
    await own.signInWithPasskey(stolen, person.authenticator);
    await exhaustAll(stolen);
    await own.proveAgain(person);
    await person.agent.get(api("listPasskeys")).expect(200);
    await person.agent.delete(api("endOtherSessions")).expect(204);
    await stolen.get(api("listPasskeys")).expect(401);
  } finally {
    await own.close();
  }
});

test("limited sessions, however many, leave a full session what it needs to cancel the recovery", async () => {
  const own = await startLab({
    tenant: { limits: "off" },
    host: {
      options: {
        afterCode: "limited",
        limits: { beginsPerUser: ten, callsPerUser: ten, refusalsPerUser: ten },
      },
    },
  });
  try {
    const person = await own.person("passkey");
    const intruders = [own.agent(), own.agent()];
    for (const agent of intruders) await own.signInWithOtp(agent, person.user.email);
    await intruders[0]?.post(api("beginRecovery")).send({}).expect(200);
    for (const agent of intruders) await exhaustAll(agent);
    await person.agent.delete(api("cancelRecovery")).expect(204);
    await person.agent.get(api("listPasskeys")).expect(200);
    await own.proveAgain(person);
  } finally {
    await own.close();
  }
});
