/** What a host does to an account from its own code: end its sessions, and forget it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AccountControls, createAccountControls } from "../../../server/passkeys/index.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { createKnownBrowserCookie } from "../../../server/sessions/known-browser-cookie.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { api } from "../../kit/flows.ts";
import { answering } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";

const now = () => new Date();
let lab: Lab;
let controls: AccountControls;
beforeAll(async () => {
  lab = await startLab();
  controls = controlsOf(lab);
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

function controlsOf({ storage, authsignal, origin, emulator }: Lab, withIndex = true): AccountControls {
  return createAccountControls({
    authsignal,
    users: createSqlUsers(storage.accounts, now),
    sessions: createCookieSessions({
      store: storage.sessionStore,
      ...(withIndex && { index: storage.sessionIndex }),
      secret: "a secret of more than thirty-two characters",
      secure: false,
      now,
    }),
    storage,
    knownBrowsers: createKnownBrowserCookie({ store: storage.knownBrowsers, secure: false, now }),
    browser: { tenantId: "tenant", baseUrl: emulator.apiUrl, rpId: "localhost" },
    origins: [origin],
    now,
  });
}

/** Everything that the database has of this text, by table. */
async function tracesOf(text: string): Promise<readonly string[]> {
  const { accounts, traffic } = lab.storage;
  const tables = {
    users: await accounts.selectFrom("users").selectAll().execute(),
    passkey_names: await accounts.selectFrom("passkey_names").selectAll().execute(),
    known_authenticators: await accounts.selectFrom("known_authenticators").selectAll().execute(),
    offer_answers: await accounts.selectFrom("offer_answers").selectAll().execute(),
    recoveries: await accounts.selectFrom("recoveries").selectAll().execute(),
    email_changes: await accounts.selectFrom("email_changes").selectAll().execute(),
    former_addresses: await accounts.selectFrom("former_addresses").selectAll().execute(),
    grants: await traffic.selectFrom("grants").selectAll().execute(),
    passkey_browsers: await traffic.selectFrom("passkey_browsers").selectAll().execute(),
    rate_limits: await traffic.selectFrom("rate_limits").selectAll().execute(),
    user_sessions: await traffic.selectFrom("user_sessions").selectAll().execute(),
    audit_events: await traffic.selectFrom("audit_events").selectAll().execute(),
  };
  return Object.entries(tables).flatMap(([name, rows]) =>
    JSON.stringify(rows).includes(text) ? [name] : [],
  );
}

describe("endSessions", () => {
  test("ends all sessions of a user, and no other's, and says how many", async () => {
    const person = await lab.person("passkey");
    const elsewhere = lab.agent();
    await lab.signInWithPasskey(elsewhere, person.authenticator);
    const other = await lab.person();
    expect(await controls.endSessions(person.user.id)).toBe(2);
    for (const agent of [person.agent, elsewhere])
      expect((await agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    expect((await other.agent.get(api("getSession")).expect(200)).body.user).toEqual(other.user);
    expect(await controls.endSessions(person.user.id)).toBe(0);
    expect(await controls.endSessions("nobody")).toBe(0);
  });

  test("refuses an id that can name no user", async () => {
    await expect(controls.endSessions("a/../b")).rejects.toMatchObject({ code: "internal_error" });
  });

  test("says what to do when the sessions port has no list", async () => {
    await expect(controlsOf(lab, false).endSessions("u-1")).rejects.toThrow("index: storage.sessionIndex");
  });
});

describe("forgetUser", () => {
  async function someone() {
    const person = await lab.person("passkey");
    const { body } = await person.agent.get(api("listPasskeys")).expect(200);
    await person.agent.patch(`/api/passkeys/${body[0].id}`).send({ name: "My key" }).expect(200);
    await person.agent.put(api("answerPasskeyOffer")).send({ answer: "not-now" }).expect(204);
    return { ...person, passkeyId: body[0].id };
  }

  test("leaves nothing of a person here but the host's own user, and nothing at Authsignal", async () => {
    const person = await someone();
    expect(await tracesOf(person.user.id)).toEqual(
      expect.arrayContaining(["passkey_names", "offer_answers", "passkey_browsers", "user_sessions"]),
    );
    await controls.forgetUser(person.user.id);
    expect(await tracesOf(person.user.id)).toEqual(["users"]);
    expect(await lab.authsignal.listAuthenticators(person.user.id)).toEqual({ passkeys: [], others: [] });
    expect((await person.agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    await expect(lab.signInWithPasskey(lab.agent(), person.authenticator)).rejects.toThrow();
  });

  test("keeps the audit trail readable under a name that says not who it was", async () => {
    const person = await someone();
    await controls.forgetUser(person.user.id);
    const rows = await lab.storage.traffic.selectFrom("audit_events").selectAll().execute();
    const renamed = rows.find(({ facts }) => facts.includes(person.passkeyId));
    const name = String(renamed?.user_id);
    expect(name).toMatch(/^forgotten-/);
    const events = rows.filter((row) => row.user_id === name);
    expect(events.length).toBeGreaterThan(2);
    for (const { facts } of events) expect(JSON.parse(facts).userId).toBe(name);
  });

  test("keeps the audit trail as it is when the host says so", async () => {
    const person = await someone();
    await controls.forgetUser(person.user.id, { events: "keep" });
    expect(await tracesOf(person.user.id)).toEqual(["users", "audit_events"]);
  });

  test("can be repeated, and works for an unknown user", async () => {
    const person = await someone();
    await controls.forgetUser(person.user.id);
    await controls.forgetUser(person.user.id);
    await controls.forgetUser("never-seen");
  });

  test("in an outage of Authsignal is a 503 that has ended the sessions, and the next call finishes it", async () => {
    const person = await someone();
    lab.line.fail(answering(`/users/${person.user.id}`, { error: "down" }, 500));
    try {
      await expect(controls.forgetUser(person.user.id)).rejects.toMatchObject({
        code: "upstream_unavailable",
      });
    } finally {
      lab.line.fail(null);
    }
    expect((await person.agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    await controls.forgetUser(person.user.id);
    expect(await tracesOf(person.user.id)).toEqual(["users"]);
  });

  test("does not touch another user", async () => {
    const [person, other] = [await someone(), await someone()];
    await controls.forgetUser(person.user.id);
    expect((await other.agent.get(api("listPasskeys")).expect(200)).body).toMatchObject([{ name: "My key" }]);
  });
});
