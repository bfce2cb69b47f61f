import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultTenant } from "../../../server/emulator/index.ts";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { answering, type Fault, faults } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

const { secret } = defaultTenant;
/** The secret as it is, and as Basic credentials carry it. */
const spellings = [secret, Buffer.from(`${secret}:`).toString("base64").replace(/=+$/, ""), "Basic "];

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

const everywhere = (status: number): Fault => {
  const answer = {
    error: "invalid_request",
    errorCode: "invalid_request",
    errorDescription: `Not ${secret}.`,
  };
  return ({ response }) =>
    void response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
};

const refusals: [string, Fault][] = [
  ...[400, 401, 403, 404, 409, 422, 429, 500, 503].map((status): [string, Fault] => [
    `answers ${status}`,
    everywhere(status),
  ]),
  ...Object.entries(faults),
];

describe("the API secret is neither logged nor answered", () => {
  test.each(refusals)(
    "The API secret is neither logged nor answered when Authsignal %s",
    async (name, fault) => {
      const own = await startLab(name.startsWith("hangs") ? { deadlineMs: 1200 } : {});
      try {
        const who = await own.person("passkey");
        const email = own.newAddress();
        const waiting = own.agent();
        await waiting.post(api("challengeOtp")).send({ email }).expect(202);
        const code = await own.readCode(email);
        own.line.fail(fault);
        const answers = await Promise.all([
          own.agent().post(api("challengeOtp")).send({ email: own.newAddress() }),
          waiting.post(api("verifyOtp")).send({ code }),
          own.agent().post(api("validate")).send({ token: "x", action: actions.signInWithPasskey }),
          who.agent.post(api("createEnrollToken")).send({}),
          who.agent.get(api("listPasskeys")),
        ]);
        const told = answers.map(({ headers, text }) => JSON.stringify(headers) + text).join("");
        const logged = own.logs().join("");
        expect(logged).not.toBe("");
        for (const spelling of spellings) {
          expect(told).not.toContain(spelling);
          expect(logged).not.toContain(spelling);
        }
        expect(logged).not.toMatch(/axios/i);
        expect(own.leaks()).toEqual([]);
        expect(answers.map(({ status }) => status).filter((status) => status === 500)).toEqual([]);
      } finally {
        await own.close();
      }
    },
  );
});

test("An account's whole life leaves no token, code, cookie or full address in the log", async () => {
  const { agent, authenticator } = person;
  const { body: passkeys } = await agent.get(api("listPasskeys")).expect(200);
  await agent.patch(`/api/passkeys/${passkeys[0].id}`).send({ name: "A name of their own" }).expect(200);
  await lab.proveAgain(person);
  await agent.put(api("answerPasskeyOffer")).send({ answer: "never" }).expect(204);
  const again = lab.agent();
  await lab.signInWithPasskey(again, authenticator);
  const wrong = lab.agent();
  const email = lab.newAddress();
  await wrong.post(api("challengeOtp")).send({ email }).expect(202);
  lab.keepSecret("918273");
  await wrong.post(api("verifyOtp")).send({ code: "918273" });
  await agent.delete(`/api/passkeys/${passkeys[0].id}`).expect(204);
  await agent.delete(api("deleteSession")).expect(204);

  const logged = lab.logs().join("");
  expect(lab.leaks()).toEqual([]);
  expect(logged).not.toContain("A name of their own");
  expect(logged).not.toMatch(/s%3A|s:[\w-]{20}/);
  // No JWT of any issuer.
  expect(logged).not.toMatch(/eyJ[\w-]{10,}/);
});

test("The audit trail contains no token, code, cookie or full address either", async () => {
  const rows = await lab.storage.traffic.selectFrom("audit_events").selectAll().execute();
  expect(rows.map(({ event }) => event)).toEqual(
    expect.arrayContaining(["otp.sent", "sign_in.succeeded", "enrollment.begun", "passkey.enrolled"]),
  );
  const text = JSON.stringify(rows);
  expect(text).not.toContain(person.user.email);
  expect(text).not.toMatch(/eyJ[\w-]{10,}/);
  expect(text).not.toMatch(/"code"/);
});

test("Input of a caller cannot forge log lines", async () => {
  const before = lab.logs().length;
  const evil = '\n{"level":30,"event":"sign_in.succeeded","userId":"victim"}';
  await lab
    .agent()
    .post(api("challengeOtp"))
    .set("User-Agent", "evil")
    .send({ email: `x${evil}@example.com` })
    .expect(400);
  await lab
    .agent()
    .get(`/api/${encodeURIComponent(evil)}`)
    .expect(404);
  await lab.agent().post(api("validate")).send({ token: "x", action: evil }).expect(400);
  const lines = lab.logs().slice(before);
  for (const line of lines) {
    expect(line.trimEnd()).not.toContain("\n");
    expect(() => JSON.parse(line)).not.toThrow();
  }
  expect(lines.join("")).not.toContain("victim");
});

test("A security event has a stable name, the user and the request id", async () => {
  const own = await lab.person("passkey");
  const events = lab
    .logs()
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter(({ userId }) => userId === own.user.id);
  expect(events.map(({ event }) => event)).toEqual([
    "sign_in.succeeded",
    "enrollment.begun",
    "passkey.enrolled",
  ]);
  for (const { requestId } of events) expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(events[0]).toMatchObject({ method: "email-otp" });
});

test("A 500 says nothing but a request id", async () => {
  const own = await startLab();
  try {
    const { agent } = await own.person();
    // The database goes away under the app.
    await own.storage.accounts.schema.dropTable("users").execute();
    const failed = await agent.get(api("getSession")).expect(500);
    expect(Object.keys(failed.body).sort()).toEqual(["code", "requestId", "status", "title", "type"]);
    expect(failed.body.code).toBe("internal_error");
    expect(failed.text).not.toMatch(/users|sqlite|relation|stack|\.ts/i);
    expect(own.logs().join("")).toContain(failed.body.requestId);
  } finally {
    await own.close();
  }
});

test("Authsignal's text about a refusal is not passed on", async () => {
  lab.line.fail(answering("/validate", { isValid: false, error: "User u-123 is invalid: secret detail" }));
  const refused = await lab
    .agent()
    .post(api("validate"))
    .send({ token: "x", action: actions.signInWithPasskey })
    .expect(401);
  lab.line.fail(null);
  expect(refused.text).not.toContain("secret detail");
  expect(lab.logs().join("")).not.toContain("secret detail");
});
