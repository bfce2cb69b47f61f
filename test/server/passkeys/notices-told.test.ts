/** Which notices people get, and what the link in them does. */
import { randomUUID } from "node:crypto";
import request from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Notice } from "../../../server/passkeys/ports/notices.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { answering, faults, only } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

let lab: Lab;
let sent: Notice[] = [];
beforeAll(async () => {
  lab = await startLab({ notify: async (notice) => void sent.push(notice), policies: { maxPasskeys: 20 } });
});
beforeEach(async () => {
  await lab.sendNotices();
  sent = [];
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

async function notices(): Promise<readonly Notice[]> {
  await lab.sendNotices();
  return sent;
}

const formType = "application/x-www-form-urlencoded";
const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

async function auditOf(userId: string): Promise<readonly { event: string; facts: string }[]> {
  const { traffic } = lab.storage;
  return traffic
    .selectFrom("audit_events")
    .select(["event", "facts"])
    .where("user_id", "=", userId)
    .execute();
}

describe("a notice tells that", () => {
  test("a passkey was added, with its name, the browser and the person's language", async () => {
    const person = await lab.person();
    person.agent.set("User-Agent", firefox).set("Accept-Language", "de-AT,de;q=0.9,en;q=0.8");
    const passkey = await lab.enrollPasskey(person.agent, person.authenticator);
    expect(await notices()).toMatchObject([
      {
        kind: "passkey_added",
        userId: person.user.id,
        to: person.user.email,
        by: "user",
        subject: passkey.name,
        browser: "Firefox",
        system: "Windows",
        locale: "de-AT",
      },
    ]);
  });

  test("a passkey was removed", async () => {
    const person = await lab.person("passkey");
    const { body } = await person.agent.get(api("listPasskeys")).expect(200);
    await notices();
    sent = [];
    await person.agent.delete(`/api/passkeys/${body[0].id}`).expect(204);
    expect(await notices()).toMatchObject([{ kind: "passkey_removed", to: person.user.email, by: "user" }]);
  });

  test("the account was deleted, without a link and without what names the user", async () => {
    const person = await lab.person("passkey");
    await notices();
    sent = [];
    await person.agent.delete(api("deleteAccount")).expect(204);
    expect(await notices()).toMatchObject([
      { kind: "account_deleted", to: person.user.email, notMeUrl: null, by: "user" },
    ]);
    expect(sent[0]?.userId).not.toBe(person.user.id);
    expect(await auditOf(person.user.id)).toEqual([]);
  });

  test("a passkey was added past this API, once it was not finished here for two minutes", async () => {
    const person = await lab.person();
    await lab.enrollmentToken(person.agent, person.authenticator);
    await person.agent.get(api("listPasskeys")).expect(200);
    expect(await notices()).toEqual([]);
    lab.advance(121_000);
    expect(await notices()).toMatchObject([{ kind: "passkey_added", by: "elsewhere", browser: null }]);
  });

  test("a passkey was added, once, when another tab looked at the list before its finish", async () => {
    const person = await lab.person();
    const token = await lab.enrollmentToken(person.agent, person.authenticator);
    await person.agent.get(api("listPasskeys")).expect(200);
    await person.agent.post(api("validate")).send({ token, action: "enroll-passkey" }).expect(200);
    lab.advance(121_000);
    await person.agent.get(api("getSession"));
    expect(await notices()).toMatchObject([{ kind: "passkey_added", by: "user" }]);
  });
});

describe("a sign-in", () => {
  test("in the first browser of all, by code, is told by no notice, and neither is the next one there", async () => {
    const person = await lab.person();
    await person.agent.delete(api("deleteSession")).expect(204);
    await lab.signInWithOtp(person.agent, person.user.email);
    expect(await notices()).toEqual([]);
  });

  test.each(["code", "passkey"])("with a %s in a new browser is told once", async (way) => {
    const person = await lab.person("passkey");
    await notices();
    sent = [];
    const elsewhere = lab.agent().set("User-Agent", firefox);
    for (let times = 0; times < 3; times += 1) {
      if (way === "code") await lab.signInWithOtp(elsewhere, person.user.email);
      else await lab.signInWithPasskey(elsewhere, person.authenticator);
      await elsewhere.delete(api("deleteSession")).expect(204);
    }
    expect(await notices()).toMatchObject([{ kind: "new_browser", browser: "Firefox", system: "Windows" }]);
  });

  test("that proves an address again in a session is no new browser", async () => {
    const person = await lab.person();
    await lab.signInWithOtp(person.agent, person.user.email);
    expect(await notices()).toEqual([]);
  });
});

test("What was to be sent to a user is kept, and can be forgotten", async () => {
  const person = await lab.person();
  await lab.enrollmentToken(person.agent, person.authenticator);
  await person.agent.get(api("listPasskeys")).expect(200);
  await lab.sendNotices();
  const waiting = () =>
    lab.storage.traffic.selectFrom("notices").select("id").where("user_id", "=", person.user.id).execute();
  expect(await waiting()).toHaveLength(1);
  await lab.storage.notices?.forget(person.user.id);
  expect(await waiting()).toEqual([]);
});

describe('"This wasn\'t me"', () => {
  interface Told extends Person {
    readonly url: URL;
    readonly token: string;
    readonly passkeyId: string;
  }

  async function addedPasskey(): Promise<Told> {
    const person = await lab.person();
    const { id } = await lab.enrollPasskey(person.agent, person.authenticator);
    const notice = (await notices()).find(({ kind }) => kind === "passkey_added");
    sent = [];
    const url = new URL(String(notice?.notMeUrl));
    const token = String(url.searchParams.get("token"));
    lab.keepSecret(token);
    return { ...person, url, token, passkeyId: id };
  }

  const isSignedIn = async ({ agent }: Pick<Person, "agent">) =>
    (await agent.get(api("getSession")).expect(200)).body.user !== null;
  const passkeysOf = async ({ user }: Person) => (await lab.authsignal.listAuthenticators(user.id)).passkeys;
  const report = (body: object) => lab.agent().post(api("reportNotMe")).send(body);
  const open = ({ url }: Pick<Told, "url">) => request(lab.url).get(`${url.pathname}${url.search}`);
  const submit = (token: string, headers: Readonly<Record<string, string>> = { Origin: lab.origin }) =>
    request(lab.url).post("/api/not-me/confirm").set(headers).type("form").send({ token });

  test("changes nothing when the link is opened, however often and by whatever method is safe", async () => {
    const person = await addedPasskey();
    for (let times = 0; times < 3; times += 1) {
      const page = await open(person).set("Accept-Language", "de").expect(200);
      expect(page.text).toContain("Überall abmelden und den Passkey entfernen");
      const arabic = await open(person).set("Accept-Language", "pt, ar;q=0.8, en;q=0.5").expect(200);
      expect(arabic.text).toContain('<html lang="ar" dir="rtl">');
      await request(lab.url).head(`${person.url.pathname}${person.url.search}`).expect(200);
    }
    await request(lab.url).get(`/api/not-me/confirm${person.url.search}`).expect(404);
    expect(await isSignedIn(person)).toBe(true);
    expect(await passkeysOf(person)).toHaveLength(1);
  });

  test("confirmed on the page ends all sessions and removes that passkey alone, without a session", async () => {
    const person = await lab.person("passkey");
    await notices();
    sent = [];
    const intruder = lab.agent();
    await lab.signInWithOtp(intruder, person.user.email);
    await lab.enrollPasskey(intruder, createSoftAuthenticator());
    const added = (await notices()).find(({ kind }) => kind === "passkey_added");
    const url = new URL(String(added?.notMeUrl));
    const page = await open({ url }).expect(200);
    expect(page.headers["content-security-policy"]).toContain("form-action 'self'");
    expect(page.headers["referrer-policy"]).toBe("same-origin");
    expect(page.text).toContain('action="not-me/confirm"');
    const done = await submit(String(url.searchParams.get("token"))).expect(200);
    expect(done.text).toContain("Every browser and device is signed out, and the passkey is removed.");
    expect(await isSignedIn(person)).toBe(false);
    expect(await isSignedIn({ agent: intruder })).toBe(false);
    expect(await passkeysOf(person)).toHaveLength(1);
    await lab.signInWithPasskey(lab.agent(), person.authenticator);
    const names = async () => (await auditOf(person.user.id)).map(({ event }) => event);
    await expect.poll(names).toEqual(expect.arrayContaining(["passkey.deleted", "not_me.confirmed"]));
    expect((await notices()).map(({ kind }) => kind)).toContain("passkey_removed");
  });

  test("confirmed by the API keeps the passkey where that is wanted", async () => {
    const person = await addedPasskey();
    const { body } = await report({ token: person.token, removePasskey: false }).expect(200);
    expect(body).toEqual({ sessionsEnded: 1, passkeyRemoved: false, emailRestored: false });
    expect(await isSignedIn(person)).toBe(false);
    expect(await passkeysOf(person)).toHaveLength(1);
  });

  test("works once, also when ten requests bring it at the same time", async () => {
    const { token } = await addedPasskey();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => report({ token, removePasskey: true })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(9).fill(404)]);
    expect((await submit(token).expect(404)).text).toContain("too old, or it was used already");
  });

  test("is good for a week", async () => {
    const person = await addedPasskey();
    lab.advance(7 * 24 * 3_600_000 + 1000);
    expect((await open(person).expect(404)).text).toContain("too old, or it was used already");
    await report({ token: person.token, removePasskey: true }).expect(404);
    expect(await passkeysOf(person)).toHaveLength(1);
  });

  test.each(["", "x", "a.b", `${randomUUID()}.${randomUUID()}`, "<script>", "\u0000"])(
    "with the token %j is a 404 or a 400, and says nothing of it",
    async (token) => {
      const page = await request(lab.url).get("/api/not-me").query({ token }).expect(404);
      expect(page.text).not.toContain("<script>");
      expect((await submit(token)).status).toBe(404);
      expect([400, 404]).toContain((await report({ token, removePasskey: true })).status);
    },
  );

  test.each<[string, Readonly<Record<string, string>>, string, number]>([
    ["too large", {}, `token=${"x".repeat(9000)}`, 413],
    ["of more members than a form of ours has", {}, "a=&".repeat(1200), 413],
    ["in a charset that nobody knows", { "Content-Type": `${formType}; charset=utf-7` }, "token=a", 415],
    ["said to be gzip, which it is not", { "Content-Encoding": "gzip" }, "token=a", 400],
  ])("submitted with a form %s is refused as a fault of its sender", async (_, headers, body, status) => {
    const answer = await request(lab.url)
      .post("/api/not-me/confirm")
      .set({ Origin: lab.origin, "Content-Type": formType, ...headers })
      .send(body);
    expect(answer.status).toBe(status);
    expect(lab.logs().filter((line) => line.includes("internal_error"))).toEqual([]);
  });

  test("is refused when another site submits the form", async () => {
    const person = await addedPasskey();
    const headers = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    await submit(person.token, headers).expect(403);
    expect(await isSignedIn(person)).toBe(true);
  });

  test("in an outage of Authsignal changes nothing, and the link is as good as before", async () => {
    const person = await addedPasskey();
    lab.line.fail(answering(`/users/${person.user.id}/authenticators`, { error: "down" }, 500));
    try {
      expect((await submit(person.token).expect(503)).text).toContain("Nothing was changed");
    } finally {
      lab.line.fail(null);
    }
    expect(await isSignedIn(person)).toBe(true);
    await submit(person.token).expect(200);
    expect(await isSignedIn(person)).toBe(false);
  });

  test("is as good as before when Authsignal lists the passkey and cannot remove it", async () => {
    const person = await addedPasskey();
    lab.line.fail(only(/\/authenticators\//, faults["answers 500"], "DELETE"));
    try {
      expect((await submit(person.token).expect(503)).text).toContain("Nothing was changed");
    } finally {
      lab.line.fail(null);
    }
    expect(await isSignedIn(person)).toBe(true);
    await submit(person.token).expect(200);
    expect(await isSignedIn(person)).toBe(false);
    expect(await passkeysOf(person)).toEqual([]);
    await submit(person.token).expect(404);
  });
});

test("without notices there is no such page and no such operation, and nothing is kept", async () => {
  const plain = await startLab();
  const person = await plain.person("passkey");
  await plain.signInWithPasskey(plain.agent(), person.authenticator);
  await plain.agent().get("/api/not-me").expect(404);
  await plain.agent().post(api("reportNotMe")).send({ token: "a.b", removePasskey: true }).expect(404);
  expect(await plain.storage.traffic.selectFrom("notices").selectAll().execute()).toEqual([]);
  await plain.close();
});
