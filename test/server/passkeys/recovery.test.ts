/** The announced wait after which a code opens an account whose passkeys are lost (requirement S52). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createAccountControls,
  createPasskeyGuard,
  type PasskeysOptions,
} from "../../../server/passkeys/index.ts";
import type { Notice } from "../../../server/passkeys/ports/notices.ts";
import { actions } from "../../../shared/actions.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

const hour = 60 * 60_000;
const day = 24 * hour;

let lab: Lab;
let options: PasskeysOptions;
beforeAll(async () => {
  lab = await startLab({
    tenant: { limits: "off" },
    host: {
      options: { afterCode: "limited" },
      routes(app, _, given) {
        options = given;
        app.post("/payees", createPasskeyGuard(given)(), (_req, res) => void res.json({ added: true }));
      },
    },
  });
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

interface Loser extends Person {
  readonly limited: Agent;
}

/** A person whose passkey is in another browser, and who has come by code in this one. */
async function loser(): Promise<Loser> {
  const person = await lab.person("passkey");
  return { ...person, limited: await byCode(person) };
}

async function byCode({ user }: Pick<Person, "user">): Promise<Agent> {
  const agent = lab.agent();
  await lab.signInWithOtp(agent, user.email);
  return agent;
}

/** The owner's own browser, in which the passkey still is. */
async function byPasskey({ authenticator }: Person): Promise<Agent> {
  const agent = lab.agent();
  await lab.signInWithPasskey(agent, authenticator);
  return agent;
}

const begin = (agent: Agent) => agent.post(api("beginRecovery")).send({});
const cancel = (agent: Agent) => agent.delete(api("cancelRecovery"));
const sessionOf = async (agent: Agent) => (await agent.get(api("getSession")).expect(200)).body;
const told = (person: Person, name: string) =>
  lab
    .events()
    .filter((event) => event.event === name && "userId" in event && event.userId === person.user.id);

describe("a recovery", () => {
  test("is begun in a limited session, announced, and shown in every session of the account", async () => {
    const person = await loser();
    const { body } = await begin(person.limited).expect(200);
    expect(Date.parse(body.endsAt) - Date.parse(body.beganAt)).toBe(day);
    expect(body.hasEnded).toBe(false);
    for (const agent of [person.limited, person.agent])
      expect((await sessionOf(agent)).recovery).toEqual(body);
    expect(told(person, "recovery_began")).toEqual([
      {
        event: "recovery_began",
        session: expect.any(String),
        userId: person.user.id,
        endsAt: body.endsAt,
        requestId: expect.any(String),
      },
    ]);
    const other = await lab.person("passkey");
    expect(await sessionOf(other.agent)).not.toHaveProperty("recovery");
  });

  test("waits: a minute before its end the session is as limited as at its beginning", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(day - 60_000);
    const agent = await byCode(person);
    expect((await sessionOf(agent)).assurance).toBe("limited");
    await agent.post("/payees").expect(403);
    lab.advance(60_000);
    await agent.post("/payees").expect(200);
  });

  test("ends by time, which is told once, and a code then adds a passkey and deletes the lost one", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(day);
    const agents = [await byCode(person), await byCode(person), await byCode(person)] as const;
    const answers = await Promise.all(agents.map(sessionOf));
    for (const answer of answers) {
      expect(answer).not.toHaveProperty("assurance");
      expect(answer.recovery.hasEnded).toBe(true);
    }
    expect(told(person, "recovery_ended")).toHaveLength(1);
    const [agent] = agents;
    const { body } = await agent.get(api("listPasskeys")).expect(200);
    await lab.enrollPasskey(agent, createSoftAuthenticator());
    await agent.delete(`/api/passkeys/${body[0].id}`).expect(204);
  });

  test("opens one session for good: the others are limited again once a passkey was added", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(day);
    const [one, two] = [await byCode(person), await byCode(person)];
    await two.post("/payees").expect(200);
    await lab.enrollPasskey(one, createSoftAuthenticator());
    await one.post("/payees").expect(200);
    await two.post("/payees").expect(403);
    expect((await sessionOf(two)).assurance).toBe("limited");
    expect(await sessionOf(two)).not.toHaveProperty("recovery");
    // And that one can recover anew.
    const again = await begin(two).expect(200);
    expect(again.body.hasEnded).toBe(false);
    await one.post("/payees").expect(403);
  });

  test("needs a fresh code after its end, as a step-up", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(day);
    const agent = await byCode(person);
    lab.advance(11 * 60_000);
    const refused = await agent.post(api("createEnrollToken")).send({}).expect(403);
    expect(refused.body.code).toBe("step_up_required");
    expect(refused.body.stepUp.methods).toEqual(["passkey", "email-otp"]);
    await lab.signInWithOtp(agent, person.user.email);
    await agent.post(api("createEnrollToken")).send({}).expect(200);
  });

  test("is forgotten a week after its end", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(8 * day);
    const agent = await byCode(person);
    expect(await sessionOf(agent)).toEqual({ user: person.user, assurance: "limited", idleSeconds: 1800 });
    expect((await begin(agent).expect(200)).body.hasEnded).toBe(false);
  });

  test("is of its account alone", async () => {
    const [person, other] = [await loser(), await loser()];
    await begin(person.limited).expect(200);
    lab.advance(day);
    const agent = await byCode(other);
    expect((await sessionOf(agent)).assurance).toBe("limited");
    await agent.post("/payees").expect(403);
  });
});

describe("a recovery is not begun", () => {
  test("by a visitor", async () => {
    expect((await begin(lab.agent()).expect(401)).body.code).toBe("not_authenticated");
  });

  test("in a full session", async () => {
    const person = await lab.person("passkey");
    expect((await begin(person.agent).expect(409)).body.code).toBe("recovery_not_needed");
    expect((await begin(await byPasskey(person)).expect(409)).body.code).toBe("recovery_not_needed");
  });

  test("for an account without a passkey", async () => {
    const person = await lab.person();
    expect((await begin(person.agent).expect(409)).body.code).toBe("recovery_not_needed");
  });

  test.each([{ endsAt: "2020-01-01T00:00:00.000Z" }, { userId: "u" }, []])(
    "with a body that names something: %j",
    async (body) => {
      const { limited } = await loser();
      const refused = await limited.post(api("beginRecovery")).send(body).expect(400);
      expect(refused.body.code).toBe("validation_failed");
      expect(await sessionOf(limited)).not.toHaveProperty("recovery");
    },
  );
});

describe("cancelling", () => {
  test("ends it in every session, and it can be begun anew", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    await cancel(await byPasskey(person)).expect(204);
    expect(await sessionOf(person.limited)).toEqual({
      user: person.user,
      assurance: "limited",
      idleSeconds: 1800,
    });
    lab.advance(day);
    expect((await sessionOf(await byCode(person))).assurance).toBe("limited");
    expect(told(person, "recovery_ended")).toEqual([]);
    expect(told(person, "recovery_cancelled")).toEqual([expect.objectContaining({ by: "user" })]);
    await begin(await byCode(person)).expect(200);
  });

  test("needs a session that is not limited", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    expect((await cancel(person.limited).expect(403)).body.code).toBe("limited_session");
    expect((await cancel(lab.agent()).expect(401)).body.code).toBe("not_authenticated");
    expect(await sessionOf(person.limited)).toHaveProperty("recovery");
  });

  test("without one is told so", async () => {
    const person = await lab.person("passkey");
    expect((await cancel(person.agent).expect(404)).body.code).toBe("recovery_not_found");
  });

  test("also works after the end, and limits the sessions that it had opened", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(day);
    const thief = await byCode(person);
    await thief.post("/payees").expect(200);
    await cancel(await byPasskey(person)).expect(204);
    await thief.post("/payees").expect(403);
    await thief.post(api("createEnrollToken")).send({}).expect(403);
  });

  test("between the beginning and the finish of an enrollment leaves no passkey of it", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(day);
    const thief = await byCode(person);
    const authenticator = createSoftAuthenticator();
    const token = await lab.enrollmentToken(thief, authenticator);
    await cancel(await byPasskey(person)).expect(204);
    const body = { token, action: actions.enrollPasskey };
    const refused = await thief.post(api("validate")).send(body).expect(403);
    expect(refused.body.code).toBe("limited_session");
    expect((await person.limited.get(api("listPasskeys"))).status).toBe(401);
    expect((await (await byPasskey(person)).get(api("listPasskeys")).expect(200)).body).toHaveLength(1);
    await expect(lab.signInToken(authenticator)).rejects.toMatchObject({ errorCode: "unknown_credential" });
  });

  test("is there for support people, and for the link in a mail", async () => {
    const person = await loser();
    const controls = createAccountControls(options);
    expect(await controls.cancelRecovery(person.user.id)).toBe(false);
    await begin(person.limited).expect(200);
    expect(await controls.cancelRecovery(person.user.id)).toBe(true);
    expect(told(person, "recovery_cancelled")).toEqual([
      { event: "recovery_cancelled", userId: person.user.id, by: "host" },
    ]);
    const { afterCode: _, ...withoutPolicy } = options;
    await expect(createAccountControls(withoutPolicy).cancelRecovery(person.user.id)).rejects.toThrow(
      "afterCode",
    );
  });
});

describe("at the same time", () => {
  test("ten beginnings are one recovery, told once", async () => {
    const person = await loser();
    const answers = await Promise.all(Array.from({ length: 10 }, () => begin(person.limited).expect(200)));
    expect(new Set(answers.map(({ body }) => body.endsAt)).size).toBe(1);
    expect(told(person, "recovery_began")).toHaveLength(1);
  });

  test("ten beginnings are one recovery, told once, also after one that another session has used", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(day);
    await lab.enrollPasskey(await byCode(person), createSoftAuthenticator());
    const again = await byCode(person);
    const answers = await Promise.all(Array.from({ length: 10 }, () => begin(again).expect(200)));
    expect(new Set(answers.map(({ body }) => body.endsAt)).size).toBe(1);
    expect(told(person, "recovery_began")).toHaveLength(2);
  });

  test("a later beginning does not move the end", async () => {
    const person = await loser();
    const first = await begin(person.limited).expect(200);
    lab.advance(hour);
    const second = await begin(await byCode(person)).expect(200);
    expect(second.body).toEqual(first.body);
  });

  test("of ten cancellations one succeeds", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    const owner = await byPasskey(person);
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(owner)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, ...Array(9).fill(404)]);
    expect(told(person, "recovery_cancelled")).toHaveLength(1);
  });

  test("a cancellation while it ends wins: nothing is open afterwards", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(day);
    const [agent, owner] = [await byCode(person), await byPasskey(person)];
    const opening = Array.from({ length: 8 }, () => agent.post("/payees"));
    const [cancelled, ...answers] = await Promise.all([cancel(owner), ...opening]);
    expect(cancelled.status).toBe(204);
    for (const { status } of answers) expect([200, 403]).toContain(status);
    await agent.post("/payees").expect(403);
    expect(told(person, "recovery_ended").length).toBeLessThanOrEqual(1);
  });

  test("a step-up makes the session full while it begins a recovery, and both are as they should be", async () => {
    const person = await loser();
    const token = await lab.stepUpToken({ agent: person.limited, authenticator: person.authenticator });
    const [, begun] = await Promise.all([
      person.limited.post(api("validate")).send({ token, action: actions.managePasskeys }).expect(200),
      begin(person.limited),
    ]);
    expect([200, 401, 409]).toContain(begun.status);
    const session = await sessionOf(person.limited);
    expect(session).not.toHaveProperty("assurance");
    if (begun.status === 200) await cancel(person.limited).expect(204);
    await person.limited.post("/payees").expect(200);
  });
});

test("A host may have a recovery wait for as long as it wants", async () => {
  const own = await startLab({ policies: { afterCode: "limited", recoveryWaitingTime: 3600 } });
  const person = await own.person("passkey");
  const agent = own.agent();
  await own.signInWithOtp(agent, person.user.email);
  const { body } = await begin(agent).expect(200);
  expect(Date.parse(body.endsAt) - Date.parse(body.beganAt)).toBe(hour);
  own.advance(hour);
  await own.signInWithOtp(agent, person.user.email);
  expect(await sessionOf(agent)).not.toHaveProperty("assurance");
  await own.close();
});

test("a recovery is told in a notice, whose link cancels it and signs the account out", async () => {
  const sent: Notice[] = [];
  const own = await startLab({
    notify: async (notice) => void sent.push(notice),
    policies: { afterCode: "limited" },
  });
  try {
    const { user } = await own.person("passkey");
    const limited = own.agent();
    await own.signInWithOtp(limited, user.email);
    await begin(limited).expect(200);
    await begin(limited).expect(200);
    await own.sendNotices();
    const told = sent.filter(({ kind }) => kind === "recovery_began");
    expect(told).toMatchObject([{ to: user.email, by: "user" }]);
    const token = new URL(String(told[0]?.notMeUrl)).searchParams.get("token");
    await own.agent().post(api("reportNotMe")).send({ token, removePasskey: false }).expect(200);
    expect((await limited.get(api("getSession")).expect(200)).body.user).toBeNull();
    const again = own.agent();
    await own.signInWithOtp(again, user.email);
    expect((await again.get(api("getSession")).expect(200)).body).not.toHaveProperty("recovery");
  } finally {
    await own.close();
  }
});

describe("A change of address", () => {
  const beginChange = (agent: Agent, email: string) => agent.post(api("beginEmailChange")).send({ email });
  const finishChange = (agent: Agent, code: string) => agent.post(api("finishEmailChange")).send({ code });

  test("is refused in a limited session, and begins there after a recovery", async () => {
    const person = await loser();
    const { limited } = person;
    const refused = await beginChange(limited, lab.newAddress()).expect(403);
    expect(refused.body.code).toBe("limited_session");
    await begin(limited).expect(200);
    lab.advance(day);
    const again = await byCode(person);
    const email = lab.newAddress();
    await beginChange(again, email).expect(202);
    await finishChange(again, await lab.readCode(email)).expect(200);
  });

  test("is not finished when the recovery that permitted its beginning was cancelled since", async () => {
    const person = await loser();
    await begin(person.limited).expect(200);
    lab.advance(day);
    const recovered = await byCode(person);
    const email = lab.newAddress();
    await beginChange(recovered, email).expect(202);
    const code = await lab.readCode(email);
    await cancel(await byPasskey(person)).expect(204);
    expect((await finishChange(recovered, code).expect(403)).body.code).toBe("limited_session");
    expect((await recovered.get(api("getSession"))).body.user).toEqual(person.user);
  });
});
