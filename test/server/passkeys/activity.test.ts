/** The audit trail names the session and the browser, is found by request id, and people see what is theirs of it. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RecordedEvent } from "../../../server/passkeys/ports/events.ts";
import { openStorage } from "../../../server/storage/storage.ts";
import type { ActivityResponse } from "../../../shared/contract.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { createTestPlace } from "../../kit/test-storage.ts";
import { type Lab, startLab } from "../lab.ts";

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

/** Events are written in the background. */
async function activityOf(agent: Agent, count: number): Promise<ActivityResponse> {
  let found: ActivityResponse = [];
  const read = async () => {
    found = (await agent.get(api("listActivity")).expect(200)).body;
    return found.length;
  };
  await expect.poll(read).toBe(count);
  return found;
}

async function eventsOfRequest(id: string, count: number): Promise<readonly RecordedEvent[]> {
  let found: readonly RecordedEvent[] = [];
  const read = async () => {
    found = (await lab.storage.events?.ofRequest(id)) ?? [];
    return found.length;
  };
  await expect.poll(read).toBe(count);
  return found;
}

test("GET /activity tells a person what was done with their account, newest first, and what in this session", async () => {
  const person = await lab.person("passkey");
  lab.advance(1000);
  const elsewhere = lab.agent().set("User-Agent", firefox);
  await lab.signInWithPasskey(elsewhere, person.authenticator);
  const [signIn, ...before] = await activityOf(elsewhere, 3);
  expect(signIn).toMatchObject({
    event: "sign_in.succeeded",
    current: true,
    by: "user",
    method: "passkey",
    browser: "Firefox",
    system: "Windows",
  });
  expect(before.map(({ event }) => event).toSorted()).toEqual(["passkey.enrolled", "sign_in.succeeded"]);
  expect(before.every(({ current }) => !current)).toBe(true);
});

test("GET /activity tells nothing of others, of refusals, and of what is older than 90 days", async () => {
  const person = await lab.person();
  const other = await lab.person("passkey");
  await person.agent.post(api("validate")).send({ token: "a.b.c", action: "enroll-passkey" }).expect(401);
  expect(await activityOf(person.agent, 1)).toMatchObject([{ event: "sign_in.succeeded" }]);
  lab.advance(91 * 24 * 3_600_000);
  await lab.signInWithPasskey(lab.agent(), other.authenticator);
  const again = lab.agent();
  await lab.signInWithOtp(again, person.user.email);
  expect(await activityOf(again, 1)).toMatchObject([{ event: "sign_in.succeeded", current: true }]);
});

test("GET /activity needs a session, and answers the newest fifty events", async () => {
  await lab.agent().get(api("listActivity")).expect(401);
  const person = await lab.person("passkey");
  const { body } = await person.agent.get(api("listPasskeys")).expect(200);
  for (let times = 0; times < 55; times += 1)
    await person.agent
      .patch(`/api/passkeys/${body[0].id}`)
      .send({ name: `Key ${times}` })
      .expect(200);
  const events = await activityOf(person.agent, 50);
  expect(events.every(({ event }) => event === "passkey.renamed")).toBe(true);
});

describe("The audit trail", () => {
  test("has the events of the request whose id is quoted, and no others", async () => {
    const person = await lab.person("passkey");
    const { headers } = await person.agent.delete(api("deleteSession")).expect(204);
    const [event] = await eventsOfRequest(String(headers["x-request-id"]), 1);
    expect(event).toMatchObject({ event: "sign_out", userId: person.user.id });
    for (const unknown of ["", "none", "\u0000", "' or 1=1 --"])
      expect(await lab.storage.events?.ofRequest(unknown)).toEqual([]);
  });

  test("names one session by one hash from its sign-in to its sign-out, and never by its id", async () => {
    const person = await lab.person();
    const { body } = await person.agent.get(api("listSessions")).expect(200);
    await lab.enrollPasskey(person.agent, person.authenticator);
    await lab.proveAgain(person);
    await person.agent.delete(api("deleteSession")).expect(204);
    const named = async () => {
      const { traffic } = lab.storage;
      const ofUser = traffic.selectFrom("audit_events").select(["event", "facts"]);
      const rows = await ofUser.where("user_id", "=", person.user.id).execute();
      expect(JSON.stringify(rows)).not.toContain(body[0].id);
      return rows.map(({ event, facts }) => [event, JSON.parse(facts).session] as const);
    };
    const hasAll = async () => (await named()).some(([event]) => event === "sign_out");
    await expect.poll(hasAll).toBe(true);
    const sessions = (await named()).map(([, session]) => session);
    expect(sessions.length).toBeGreaterThan(4);
    expect(sessions[0]).toMatch(/^[\w-]{43}$/);
    expect(new Set(sessions).size).toBe(1);
  });

  test("names one code by one hash, from its sending over a wrong try to the session that it opens", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    const sent = await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const right = await lab.readCode(email);
    const wrong = right === "111111" ? "222222" : "111111";
    const refused = await agent.post(api("verifyOtp")).send({ code: wrong }).expect(401);
    const opened = await agent.post(api("verifyOtp")).send({ code: right }).expect(200);
    const facts = [];
    for (const [answer, name] of [
      [sent, "otp.sent"],
      [refused, "otp.refused"],
      [opened, "sign_in.succeeded"],
    ] as const) {
      const [event] = await eventsOfRequest(String(answer.headers["x-request-id"]), 1);
      expect(event?.event).toBe(name);
      facts.push(event?.facts ?? {});
    }
    expect(facts[0]?.challenge).toMatch(/^[\w-]{43}$/);
    expect(new Set(facts.map(({ challenge }) => challenge)).size).toBe(1);
    expect(facts[2]?.session).toMatch(/^[\w-]{43}$/);
    const next = await lab.agent().post(api("challengeOtp")).send({ email }).expect(202);
    const [another] = await eventsOfRequest(String(next.headers["x-request-id"]), 1);
    expect(another?.facts.challenge).not.toBe(facts[0]?.challenge);
  });

  test("tells events of parallel requests apart", async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => lab.person()));
    const answers = await Promise.all(
      people.map(({ agent }) => agent.delete(api("deleteSession")).expect(204)),
    );
    const sessions = new Set<unknown>();
    for (const [at, { headers }] of answers.entries()) {
      const [event] = await eventsOfRequest(String(headers["x-request-id"]), 1);
      expect(event?.userId).toBe(people[at]?.user.id);
      sessions.add(event?.facts.session);
    }
    expect(sessions.size).toBe(people.length);
  });
});

test("Without a reader of events there is no route, and it is not in OpenAPI", async () => {
  const host = await startLab({ host: {} });
  await request(host.url).get("/api/activity").expect(404);
  const { body } = await host.agent().get("/api/openapi.json").expect(200);
  expect(body.paths["/activity"]).toBeUndefined();
  await host.close();
});

test("A storage without its audit table has no reader of events", async () => {
  const place = await createTestPlace();
  const storage = await openStorage({ ...place.options, tables: { audit: false }, now: () => new Date() });
  expect(storage.events).toBeNull();
  await storage.close();
  await place.drop();
});

test("a recovery that began and was cancelled is in the recent activity of every session of the account", async () => {
  const own = await startLab({ policies: { afterCode: "limited" } });
  try {
    const person = await own.person("passkey");
    const limited = own.agent();
    await own.signInWithOtp(limited, person.user.email);
    await limited.post(api("beginRecovery")).send({}).expect(200);
    const full = own.agent();
    await own.signInWithPasskey(full, person.authenticator);
    await full.delete(api("cancelRecovery")).expect(204);
    const recoveries = async () => {
      const { body }: { body: ActivityResponse } = await full.get(api("listActivity")).expect(200);
      return body.map(({ event }) => event).filter((event) => event.startsWith("recovery_"));
    };
    await expect
      .poll(async () => (await recoveries()).toSorted())
      .toEqual(["recovery_began", "recovery_cancelled"]);
  } finally {
    await own.close();
  }
});
