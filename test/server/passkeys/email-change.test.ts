/** A signed-in person gives the account another e-mail address: the session is proven, and so is the new address. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { mailboxKey } from "../../../server/passkeys/ports/email-address.ts";
import type { Notice } from "../../../server/passkeys/ports/notices.ts";
import type { UserDirectory } from "../../../server/passkeys/ports/users.ts";
import { createSqlUsers, type SqlUsers } from "../../../server/storage/stores/sql-users.ts";
import type { User } from "../../../shared/contract.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { generousLimits } from "../../kit/limits.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { faults, only } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

const day = 24 * 60 * 60_000;

let lab: Lab;
let sent: Notice[] = [];
beforeAll(async () => {
  lab = await startLab({
    tenant: { limits: "off" },
    notify: async (notice) => void sent.push(notice),
    policies: { limits: generousLimits },
  });
});
beforeEach(async () => {
  await lab.sendNotices();
  sent = [];
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

const begin = (agent: Agent, email: string) => agent.post(api("beginEmailChange")).send({ email });
const finish = (agent: Agent, code: string) => agent.post(api("finishEmailChange")).send({ code });
const userOf = async (agent: Agent) => (await agent.get(api("getSession")).expect(200)).body.user;

async function change(agent: Agent, email: string) {
  await begin(agent, email).expect(202);
  return (await finish(agent, await lab.readCode(email)).expect(200)).body;
}

async function tokenTo(address: string, about = "email_changed"): Promise<string> {
  await lab.sendNotices();
  const notice = sent.find(({ kind, to }) => kind === about && to === address);
  const token = String(new URL(String(notice?.notMeUrl)).searchParams.get("token"));
  lab.keepSecret(token);
  return token;
}

const notMe = (token: string) => lab.agent().post(api("reportNotMe")).send({ token, removePasskey: false });

/** What the emulated tenant keeps, but for its outbox, codes and logs. */
function recordsOf(dump: object): readonly unknown[] {
  return ["users", "userAuthenticators"].map((name) => Reflect.get(dump, name));
}

describe("A change of address", () => {
  test("gives the account the new address, which then signs in to it", async () => {
    const { agent, user } = await lab.person();
    const email = lab.newAddress();
    expect(await change(agent, email)).toEqual({ user: { id: user.id, email }, otherSessions: 0 });
    expect(await userOf(agent)).toEqual({ id: user.id, email });
    expect((await lab.signInWithOtp(lab.agent(), email)).id).toBe(user.id);
  });

  test("takes the address and the e-mail authenticator at Authsignal along", async () => {
    const { agent, user } = await lab.person();
    await lab.enrollEmail(user.id, user.email);
    const email = lab.newAddress();
    await change(agent, email);
    const { others } = await lab.authsignal.listAuthenticators(user.id);
    expect(others).toHaveLength(1);
    const tenants = JSON.stringify(Object.values(lab.emulator.exportState().tenants).map(recordsOf));
    expect(tenants).toContain(email);
    expect(tenants).not.toContain(user.email);
  });

  test("says how many other sessions there are, so that they can be ended", async () => {
    const person = await lab.person();
    const elsewhere = lab.agent();
    await lab.signInWithOtp(elsewhere, person.user.email);
    expect(await change(person.agent, lab.newAddress())).toMatchObject({ otherSessions: 1 });
    await person.agent.delete(api("endOtherSessions")).expect(204);
    expect(await userOf(elsewhere)).toBeNull();
  });

  test("is told to the old and the new address, and is in the recent activity", async () => {
    const { agent, user } = await lab.person();
    agent.set("Accept-Language", "de");
    const email = lab.newAddress();
    await change(agent, email);
    await lab.sendNotices();
    const told = sent.filter(({ kind }) => kind === "email_changed");
    const facts = told.map(({ to, locale, restoresAddress }) => [to, locale, restoresAddress]);
    expect(facts.toSorted()).toEqual(
      [
        [user.email, "de", true],
        [email, "de", undefined],
      ].toSorted(),
    );
    const names = async () =>
      (await agent.get(api("listActivity")).expect(200)).body.map(({ event }: { event: string }) => event);
    await expect.poll(names).toContain("email.changed");
  });

  test("asks a person with a passkey for the passkey: a code does not replace it", async () => {
    const person = await lab.person("passkey");
    const byCode = lab.agent();
    await lab.signInWithOtp(byCode, person.user.email);
    const refused = await begin(byCode, lab.newAddress()).expect(403);
    expect(refused.body).toMatchObject({
      code: "step_up_required",
      stepUp: { action: "manage-passkeys", methods: ["passkey"] },
    });
    await lab.proveAgain({ agent: byCode, authenticator: person.authenticator });
    await change(byCode, lab.newAddress());
  });

  test("asks a person without a passkey for a code to the present address once the sign-in is old", async () => {
    const { agent, user } = await lab.person();
    lab.advance(11 * 60_000);
    const refused = await begin(agent, lab.newAddress()).expect(403);
    expect(refused.body.stepUp).toEqual({ action: "manage-passkeys", methods: ["email-otp"] });
    await lab.signInWithOtp(agent, user.email);
    await change(agent, lab.newAddress());
  });

  test("leaves nothing of the old address behind that a deletion of the account could not find", async () => {
    const { agent, user } = await lab.person();
    const known = async (address: string) => {
      const mailbox = `mailbox:${mailboxKey(address)}`;
      const { accounts } = lab.storage;
      return accounts.selectFrom("passkey_browsers").select("id").where("user_id", "=", mailbox).execute();
    };
    expect(await known(user.email)).toHaveLength(1);
    const email = lab.newAddress();
    await change(agent, email);
    expect(await known(user.email)).toEqual([]);
    await agent.delete(api("deleteAccount")).expect(204);
    expect(await known(email)).toEqual([]);
  });

  test("needs a session", async () => {
    const visitor = lab.agent();
    expect((await begin(visitor, lab.newAddress()).expect(401)).body.code).toBe("not_authenticated");
    expect((await finish(visitor, "123456").expect(401)).body.code).toBe("not_authenticated");
  });

  test("to the account's own address is refused, in whatever case it is written", async () => {
    const { agent, user } = await lab.person();
    const refused = await begin(agent, user.email.toUpperCase()).expect(400);
    expect(refused.body.issues).toEqual([
      { pointer: "/email", message: "This is the account's address already." },
    ]);
  });
});

describe("An address of another account", () => {
  test("gets the same answer and a code, and is refused only after the right one", async () => {
    const [person, other] = [await lab.person(), await lab.person()];
    const known = await begin(person.agent, other.user.email).expect(202);
    expect(Object.keys(known.body)).toEqual(["expiresAt", "resendAfter"]);
    expect((await finish(person.agent, "000000")).body.code).toBe("otp_incorrect");
    const code = await lab.readCode(other.user.email);
    expect((await finish(person.agent, code).expect(409)).body.code).toBe("email_taken");
    expect(await userOf(person.agent)).toEqual(person.user);
    expect(await userOf(other.agent)).toEqual(other.user);
    expect((await finish(person.agent, code)).body.code).toBe("otp_not_requested");
  });

  test("that was made after the change began is refused too", async () => {
    const person = await lab.person();
    const email = lab.newAddress();
    await begin(person.agent, email).expect(202);
    const code = await lab.readCode(email);
    lab.advance(61_000);
    const other = await lab.signInWithOtp(lab.agent(), email);
    expect((await finish(person.agent, code).expect(409)).body.code).toBe("email_taken");
    expect((await lab.signInWithOtp(lab.agent(), email)).id).toBe(other.id);
  });

  test("is given to one of two people who prove it at the same time", async () => {
    const people = [await lab.person(), await lab.person()];
    const email = lab.newAddress();
    const codes: string[] = [];
    for (const { agent } of people) {
      await begin(agent, email).expect(202);
      codes.push(await lab.readCode(email));
    }
    const answers = await Promise.all(people.map(({ agent }, at) => finish(agent, codes[at] ?? "")));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe("The code for the new address", () => {
  test("counts in the session that asked for it alone", async () => {
    const person = await lab.person();
    const elsewhere = lab.agent();
    await lab.signInWithOtp(elsewhere, person.user.email);
    const email = lab.newAddress();
    await begin(person.agent, email).expect(202);
    const code = await lab.readCode(email);
    expect((await finish(elsewhere, code).expect(409)).body.code).toBe("otp_not_requested");
    expect((await elsewhere.post(api("verifyOtp")).send({ code }).expect(409)).body.code).toBe(
      "otp_not_requested",
    );
    await finish(person.agent, code).expect(200);
  });

  test("of a first change does not finish a second one", async () => {
    const { agent, user } = await lab.person();
    const [first, second] = [lab.newAddress(), lab.newAddress()];
    await begin(agent, first).expect(202);
    const code = await lab.readCode(first);
    await begin(agent, second).expect(202);
    const isSame = (await lab.readCode(second)) === code;
    if (!isSame) expect((await finish(agent, code).expect(401)).body.code).toBe("otp_incorrect");
    expect((await userOf(agent)).email).toBe(user.email);
    await finish(agent, await lab.readCode(second)).expect(200);
    expect((await userOf(agent)).email).toBe(second);
  });

  test("is tried five times, also in parallel, and then another has to be asked for", async () => {
    const { agent, user } = await lab.person();
    const email = lab.newAddress();
    await begin(agent, email).expect(202);
    const code = await lab.readCode(email);
    const wrong = code === "000000" ? "000001" : "000000";
    await Promise.all(Array.from({ length: 5 }, () => finish(agent, wrong)));
    expect((await finish(agent, code).expect(401)).body.code).toBe("otp_attempts_exceeded");
    expect((await userOf(agent)).email).toBe(user.email);
    lab.advance(31_000);
    await change(agent, email);
  });

  test("changes the address once of ten parallel requests", async () => {
    const { agent } = await lab.person();
    const email = lab.newAddress();
    await begin(agent, email).expect(202);
    const code = await lab.readCode(email);
    const answers = await Promise.all(Array.from({ length: 10 }, () => finish(agent, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect((await userOf(agent)).email).toBe(email);
  });

  test("is too old after its lifetime", async () => {
    const { agent } = await lab.person();
    const email = lab.newAddress();
    await begin(agent, email).expect(202);
    const code = await lab.readCode(email);
    lab.advance(11 * 60_000);
    expect((await finish(agent, code).expect(401)).body.code).toBe("otp_expired");
  });

  test("finishes the change later when Authsignal cannot be told of it at first", async () => {
    const { agent, user } = await lab.person();
    const email = lab.newAddress();
    await begin(agent, email).expect(202);
    const code = await lab.readCode(email);
    lab.line.fail(only(`/users/${user.id}`, faults["answers 500"]));
    await finish(agent, code).expect(503);
    lab.line.fail(null);
    expect((await userOf(agent)).email).toBe(user.email);
    await finish(agent, code).expect(200);
    expect((await userOf(agent)).email).toBe(email);
  });

  test("asked for twice at once is one mail", async () => {
    const { agent } = await lab.person();
    const email = lab.newAddress();
    await begin(agent, email).expect(202);
    const again = await begin(agent, email).expect(202);
    expect(again.body.resendAfter).toBeGreaterThan(0);
    const mails = lab.emulator.messages().filter(({ to }) => to === email);
    expect(mails).toHaveLength(1);
  });
});

describe("The old address, for seven days", () => {
  interface Changed extends Person {
    readonly email: string;
  }
  async function changed(): Promise<Changed> {
    const person = await lab.person("passkey");
    const email = lab.newAddress();
    await lab.proveAgain(person);
    await change(person.agent, email);
    return { ...person, email };
  }

  test("opens no account, neither the old nor a new one, and is given to no other", async () => {
    const person = await changed();
    lab.advance(61_000);
    const visitor = lab.agent();
    await visitor.post(api("challengeOtp")).send({ email: person.user.email }).expect(202);
    const code = await lab.readCode(person.user.email);
    expect((await visitor.post(api("verifyOtp")).send({ code }).expect(403)).body.code).toBe("no_account");
    const other = await lab.person();
    await begin(other.agent, person.user.email).expect(202);
    const otherCode = await lab.readCode(person.user.email);
    expect((await finish(other.agent, otherCode).expect(409)).body.code).toBe("email_taken");
  });

  test("is the account's again by the link of its notice, which ends all sessions", async () => {
    const person = await changed();
    const token = await tokenTo(person.user.email);
    const { body } = await notMe(token).expect(200);
    expect(body).toEqual({ sessionsEnded: 1, passkeyRemoved: false, emailRestored: true });
    expect(await userOf(person.agent)).toBeNull();
    lab.advance(61_000);
    expect((await lab.signInWithOtp(lab.agent(), person.user.email)).id).toBe(person.user.id);
    await notMe(token).expect(404);
  });

  test("comes back past a second change, whose own link brings nothing back afterwards", async () => {
    const person = await changed();
    const third = lab.newAddress();
    await change(person.agent, third);
    const [first, second] = [await tokenTo(person.user.email), await tokenTo(third)];
    expect((await notMe(first).expect(200)).body.emailRestored).toBe(true);
    await notMe(second).expect(404);
    lab.advance(61_000);
    expect((await lab.signInWithOtp(lab.agent(), person.user.email)).id).toBe(person.user.id);
  });

  test.each([
    ["back to the old one", (person: Changed) => person.user.email],
    ["on to a third one", () => lab.newAddress()],
  ])(
    "does not leave an intruder's address a link that brings it back, when the owner changes %s",
    async (_, next) => {
      const person = await changed();
      sent = [];
      const address = next(person);
      lab.advance(61_000);
      await lab.proveAgain(person);
      await change(person.agent, address);
      const token = await tokenTo(person.email);
      await notMe(token).expect(404);
      lab.advance(61_000);
      expect((await lab.signInWithOtp(lab.agent(), address)).id).toBe(person.user.id);
    },
  );

  test("leaves an intruder's mailbox no link that ends sessions or removes a passkey", async () => {
    const person = await changed();
    const link = await tokenTo(person.user.email);
    // Told to both addresses: the owner's, and the intruder's, which the account has now.
    const second = createSoftAuthenticator();
    await lab.enrollPasskey(person.agent, second);
    const told = await tokenTo(person.email, "passkey_added");
    await notMe(link).expect(200);
    const owner = lab.agent();
    await lab.signInWithPasskey(owner, second);
    await lab.agent().post(api("reportNotMe")).send({ token: told, removePasskey: true }).expect(404);
    expect(await userOf(owner)).toMatchObject({ id: person.user.id });
    await lab.signInWithPasskey(lab.agent(), second);
  });

  test("hears of the passkey that an intruder adds after the change, and its link removes that", async () => {
    const { agent, user } = await lab.person();
    await change(agent, lab.newAddress());
    sent = [];
    const authenticator = createSoftAuthenticator();
    await lab.enrollPasskey(agent, authenticator);
    const token = await tokenTo(user.email, "passkey_added");
    const report = lab.agent().post(api("reportNotMe")).send({ token, removePasskey: true });
    expect((await report.expect(200)).body).toMatchObject({ passkeyRemoved: true, sessionsEnded: 1 });
    await expect(lab.signInToken(authenticator)).rejects.toMatchObject({ errorCode: "unknown_credential" });
  });

  test("hears of no passkey once it cannot come back any more", async () => {
    const { agent } = await lab.person();
    const email = lab.newAddress();
    await change(agent, email);
    lab.advance(7 * day);
    sent = [];
    await lab.signInWithOtp(agent, email);
    await lab.enrollPasskey(agent, createSoftAuthenticator());
    await lab.sendNotices();
    const told = sent.filter(({ kind }) => kind === "passkey_added").map(({ to }) => to);
    expect(told).toEqual([email]);
  });

  test("does not come back by a change that was under way when the link was opened", async () => {
    const person = await changed();
    const third = lab.newAddress();
    await begin(person.agent, third).expect(202);
    const code = await lab.readCode(third);
    await Promise.all([notMe(await tokenTo(person.user.email)), finish(person.agent, code)]);
    lab.advance(61_000);
    expect((await lab.signInWithOtp(lab.agent(), person.user.email)).id).toBe(person.user.id);
  });

  test("is free afterwards, and the link is too old", async () => {
    const person = await changed();
    const token = await tokenTo(person.user.email);
    lab.advance(7 * day);
    await notMe(token).expect(404);
    const opened = await lab.signInWithOtp(lab.agent(), person.user.email);
    expect(opened.id).not.toBe(person.user.id);
  });

  test("can be the account's again at any time by another change", async () => {
    const person = await changed();
    lab.advance(61_000);
    await lab.proveAgain(person);
    await change(person.agent, person.user.email);
    expect((await lab.signInWithOtp(lab.agent(), person.user.email)).id).toBe(person.user.id);
  });

  test("comes back after an outage of Authsignal by the same link", async () => {
    const person = await changed();
    const token = await tokenTo(person.user.email);
    lab.line.fail(only(`/users/${person.user.id}`, faults["answers 500"]));
    await notMe(token).expect(503);
    lab.line.fail(null);
    expect((await notMe(token).expect(200)).body.emailRestored).toBe(true);
  });

  test("is offered back on the page of the link, in words", async () => {
    const person = await changed();
    const page = await lab
      .agent()
      .get(`/api/not-me?token=${await tokenTo(person.user.email)}`)
      .expect(200);
    expect(page.text).toContain("Sign out everywhere and get the old address back");
  });
});

test("A change that a host's slow users make only after its account was taken back is undone as well", async () => {
  const told: Notice[] = [];
  const held = { email: "", reached: () => {}, until: Promise.resolve() };
  const directory = (): SqlUsers => createSqlUsers(own.storage.accounts, () => new Date());
  const users: UserDirectory = {
    findById: (id) => directory().findById(id),
    findOrCreateByEmail: (email) => directory().findOrCreateByEmail(email),
    async changeEmail(id, email) {
      if (email === held.email) {
        held.reached();
        await held.until;
      }
      return directory().changeEmail(id, email);
    },
  };
  const own = await startLab({
    tenant: { limits: "off" },
    notify: async (notice) => void told.push(notice),
    host: { options: { users } },
  });
  const { agent, user } = await own.person();
  const [second, third] = [own.newAddress(), own.newAddress()];
  await begin(agent, second).expect(202);
  await finish(agent, await own.readCode(second)).expect(200);
  await own.sendNotices();
  const link = told.find(({ restoresAddress }) => restoresAddress === true)?.notMeUrl;
  const token = new URL(String(link)).searchParams.get("token");
  await begin(agent, third).expect(202);
  held.email = third;
  let letGo = (): void => {};
  held.until = new Promise((resolve) => {
    letGo = resolve;
  });
  const isHeld = new Promise<void>((resolve) => {
    held.reached = resolve;
  });
  const finished = finish(agent, await own.readCode(third)).then(({ status }) => status);
  await isHeld;
  const report = own.agent().post(api("reportNotMe")).send({ token, removePasskey: false });
  expect((await report.expect(200)).body.emailRestored).toBe(true);
  letGo();
  expect(await finished).toBe(409);
  expect((await directory().findById(user.id))?.email).toBe(user.email);
  await own.close();
});

test("An account asks for five codes for a change of address in a day, and no more", async () => {
  const own = await startLab({ tenant: { limits: "off" } });
  const { agent } = await own.person();
  for (let times = 0; times < 5; times += 1) await begin(agent, own.newAddress()).expect(202);
  const refused = await begin(agent, own.newAddress()).expect(429);
  expect(refused.body.retryAfter).toBeGreaterThan(0);
  await own.close();
});

test("Where a host's users have no changeEmail, the routes are absent, and so is their description", async () => {
  const people = new Map<string, User>();
  const users: UserDirectory = {
    findById: async (id) => people.get(id) ?? null,
    async findOrCreateByEmail(email) {
      const user = { id: randomUUID(), email };
      people.set(user.id, user);
      return user;
    },
  };
  const own = await startLab({ host: { options: { users } } });
  const { agent } = await own.person();
  expect((await begin(agent, own.newAddress()).expect(404)).body.code).toBe("not_found");
  expect((await finish(agent, "123456").expect(404)).body.code).toBe("not_found");
  const { body } = await agent.get("/api/openapi.json").expect(200);
  expect(body.paths["/email-change"]).toBeUndefined();
  await own.close();
});
