import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { gate } from "../../kit/gate.ts";
import { allSessions, breakSessions, isToldToForget } from "../../kit/stored-sessions.ts";
import { only } from "../authsignal/authsignal-line.ts";
import { cookiesIn, cookiesOf, type Lab, setCookies, startLab, withCookie } from "../lab.ts";

const minute = 60 * 1000;
const hour = 60 * minute;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

async function userOf(cookie: string, from: Pick<Lab, "url" | "origin"> = lab): Promise<unknown> {
  const { body } = await withCookie(from, cookie).get(api("getSession")).expect(200);
  return body.user;
}

describe("a new session id", () => {
  test("A sign-in by code gives a new session id and ends the old session", async () => {
    const { agent } = await lab.person();
    const before = await cookiesIn(agent);
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    const finished = await agent.post(api("verifyOtp")).send({ code }).expect(200);
    expect(await userOf(before)).toBeNull();
    expect(finished.body.user.email).toBe(email);
    expect(await userOf(cookiesOf(finished))).toEqual(finished.body.user);
  });

  test("A sign-in by passkey makes a code worthless that was planted before", async () => {
    const { authenticator, user } = await lab.person("passkey");
    const email = lab.newAddress();
    const planted = cookiesOf(await lab.agent().post(api("challengeOtp")).send({ email }).expect(202));
    const code = await lab.readCode(email);
    const token = await lab.signInToken(authenticator);
    const finished = await withCookie(lab, planted)
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey })
      .expect(200);
    expect(await userOf(cookiesOf(finished))).toEqual(user);
    const late = await withCookie(lab, planted).post(api("verifyOtp")).send({ code }).expect(409);
    expect(late.body.code).toBe("otp_not_requested");
  });

  test("A step-up gives a new session id and ends the old one", async () => {
    const person = await lab.person("passkey");
    const before = await cookiesIn(person.agent);
    expect(await userOf(before)).toEqual(person.user);
    await lab.proveAgain(person);
    expect(await userOf(before)).toBeNull();
    const after = await cookiesIn(person.agent);
    expect(await userOf(after)).toEqual(person.user);
  });

  test("A code that refreshes the session gives a new session id and ends the old one", async () => {
    const person = await lab.person();
    const before = await cookiesIn(person.agent);
    await lab.signInWithOtp(person.agent, person.user.email);
    expect(await userOf(before)).toBeNull();
  });

  test("A session id that the browser invented is never used", async () => {
    const { authenticator } = await lab.person("passkey");
    const token = await lab.signInToken(authenticator);
    const madeUp =
      "passkeys_session=s%3AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const finished = await withCookie(lab, madeUp)
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey })
      .expect(200);
    expect(cookiesOf(finished)).not.toContain("AAAAAAAAAAAA");
  });

  test("A session id has at least 128 random bits, and the store keeps only its hash", async () => {
    const agent = lab.agent();
    await lab.signInWithOtp(agent);
    const cookie = await cookiesIn(agent);
    const id = decodeURIComponent(cookie.split("=")[1] ?? "")
      .replace(/^s:/, "")
      .split(".")[0];
    expect(Buffer.from(id ?? "", "base64url").length).toBeGreaterThanOrEqual(16);
    expect(id).toBeDefined();
    expect(await allSessions(lab.storage)).not.toContain(id);
  });
});

describe("a session ends", () => {
  test("A session ends after 30 minutes without a request", async () => {
    const own = await startLab();
    try {
      const { agent, user } = await own.person();
      if (await isToldToForget(own.storage, 30 * 60)) return;
      own.advance(29 * minute);
      expect((await agent.get(api("getSession")).expect(200)).body.user).toEqual(user);
      own.advance(29 * minute);
      expect((await agent.get(api("getSession")).expect(200)).body.user).toEqual(user);
      own.advance(31 * minute);
      expect((await agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    } finally {
      await own.close();
    }
  });

  test("A session ends 12 hours after the sign-in, even in use", async () => {
    const own = await startLab();
    try {
      const { agent } = await own.person();
      await stayBusy(own, agent, 11.9 * hour);
      expect((await agent.get(api("getSession")).expect(200)).body.user).not.toBeNull();
      own.advance(0.2 * hour);
      expect((await agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    } finally {
      await own.close();
    }
  });

  test.each([
    ["a passkey step-up", (own: Lab, who: Awaited<ReturnType<Lab["person"]>>) => own.proveAgain(who)],
    [
      "a code",
      (own: Lab, who: Awaited<ReturnType<Lab["person"]>>) => own.signInWithOtp(who.agent, who.user.email),
    ],
  ])("A session ends 12 hours after the sign-in, even when refreshed by %s", async (_, refresh) => {
    const own = await startLab();
    try {
      const person = await own.person("passkey");
      await stayBusy(own, person.agent, 11 * hour);
      await refresh(own, person);
      await stayBusy(own, person.agent, 0.9 * hour);
      expect((await person.agent.get(api("getSession")).expect(200)).body.user).toEqual(person.user);
      own.advance(0.2 * hour);
      expect((await person.agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    } finally {
      await own.close();
    }
  });

  test("After a session has ended, its browser can sign in by code and by passkey, and sign out", async () => {
    const own = await startLab();
    try {
      const person = await own.person("passkey");
      const other = await own.person();
      const third = await own.person();
      await Promise.all([person, other, third].map(({ agent }) => agent.get(api("getSession")).expect(200)));
      await stayBusy(own, [person.agent, other.agent, third.agent], 12.1 * hour);

      expect(await own.signInWithPasskey(person.agent, person.authenticator)).toEqual(person.user);
      expect(await own.signInWithOtp(other.agent, other.user.email)).toEqual(other.user);
      await third.agent.delete(api("deleteSession")).expect(204);
      expect((await third.agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    } finally {
      await own.close();
    }
  });

  test("A session ends when its account is deleted", async () => {
    const { agent, user } = await lab.person();
    await lab.storage.accounts.deleteFrom("users").where("id", "=", user.id).execute();
    expect((await agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    await agent.get(api("listPasskeys")).expect(401);
  });

  test("After an account is deleted, another user can sign in with a passkey in its browser", async () => {
    const { agent, user } = await lab.person();
    const other = await lab.person("passkey");
    await lab.storage.accounts.deleteFrom("users").where("id", "=", user.id).execute();
    expect(await lab.signInWithPasskey(agent, other.authenticator)).toEqual(other.user);
    expect((await agent.get(api("getSession")).expect(200)).body.user).toEqual(other.user);
  });
});

describe("signing out", () => {
  test("Sign-out ends the session on the server, not only the cookie", async () => {
    const { agent } = await lab.person();
    const cookie = await cookiesIn(agent);
    const gone = await agent.delete(api("deleteSession")).expect(204);
    const [cleared] = setCookies(gone);
    expect(cleared).toMatch(/^passkeys_session=;.*Expires=Thu, 01 Jan 1970/);
    expect(await userOf(cookie)).toBeNull();
    await withCookie(lab, cookie).get(api("listPasskeys")).expect(401);
  });

  test("Sign-out works without a session, and twice", async () => {
    const { agent } = await lab.person();
    await agent.delete(api("deleteSession")).expect(204);
    await agent.delete(api("deleteSession")).expect(204);
    await lab.agent().delete(api("deleteSession")).expect(204);
  });

  test("Sign-out does not end the same user's session in another browser", async () => {
    const { agent, user } = await lab.person();
    const elsewhere = lab.agent();
    await lab.signInWithOtp(elsewhere, user.email);
    await agent.delete(api("deleteSession")).expect(204);
    expect((await elsewhere.get(api("getSession")).expect(200)).body.user).toEqual(user);
  });

  test("Sign-out wins against a request in flight: its save does not restore the session", async () => {
    const { agent, user } = await lab.person();
    const cookie = await cookiesIn(agent);
    expect(await userOf(cookie)).toEqual(user);
    const sending = gate();
    lab.line.fail(
      only("/challenge", async (call) => {
        const real = await call.forward();
        sending.arrive();
        await sending.opened;
        call.response.writeHead(real.status, { "Content-Type": "application/json" }).end(real.body);
      }),
    );
    try {
      // Asking for a code writes to the session, after Authsignal has answered.
      const slow = withCookie(lab, cookie).post(api("challengeOtp")).send({ email: lab.newAddress() }).then();
      await sending.arrived;
      await withCookie(lab, cookie).delete(api("deleteSession")).expect(204);
      sending.open();
      await slow;
    } finally {
      lab.line.fail(null);
    }
    expect(await userOf(cookie)).toBeNull();
  });

  test("Sign-out wins against a rotation: the id from before a step-up stays invalid", async () => {
    const person = await lab.person("passkey");
    const before = await cookiesIn(person.agent);
    const sending = gate();
    lab.line.fail(
      only("/challenge", async (call) => {
        const real = await call.forward();
        sending.arrive();
        await sending.opened;
        call.response.writeHead(real.status, { "Content-Type": "application/json" }).end(real.body);
      }),
    );
    try {
      const slow = withCookie(lab, before).post(api("challengeOtp")).send({ email: lab.newAddress() }).then();
      await sending.arrived;
      await lab.proveAgain(person);
      sending.open();
      await slow;
    } finally {
      lab.line.fail(null);
    }
    expect(await userOf(before)).toBeNull();
  });

  test("Sign-out wins against a step-up in flight: the proof renews no session", async () => {
    const person = await lab.person("passkey");
    const token = await lab.stepUpToken(person);
    const validating = gate();
    lab.line.fail(
      only("/validate", async (call) => {
        const real = await call.forward();
        validating.arrive();
        await validating.opened;
        call.response.writeHead(real.status, { "Content-Type": "application/json" }).end(real.body);
      }),
    );
    try {
      const cookie = await cookiesIn(person.agent);
      const slow = withCookie(lab, cookie)
        .post(api("validate"))
        .send({ token, action: actions.managePasskeys })
        .then((answer) => answer);
      await validating.arrived;
      await withCookie(lab, cookie).delete(api("deleteSession")).expect(204);
      validating.open();
      const answer = await slow;
      expect([answer.status, answer.body.code]).toEqual([401, "not_authenticated"]);
      expect(await userOf(cookie)).toBeNull();
      expect(await userOf(cookiesOf(answer))).toBeNull();
    } finally {
      lab.line.fail(null);
    }
  });
});

describe("a session that cannot be read", () => {
  test("A session that cannot be parsed is a 500 for its owner and does not end the app", async () => {
    const own = await startLab();
    try {
      const { agent } = await own.person();
      await breakSessions(own.storage);
      await agent.get(api("getSession")).expect(500);
      await own.person();
    } finally {
      await own.close();
    }
  });
});

/** The cookie of an e-mail code, and those of the session which the code has started: over TLS they are not sent back. */
async function signInCookies(at: Lab, headers: Record<string, string> = {}): Promise<readonly string[]> {
  const email = at.newAddress();
  const begun = await at.agent().post(api("challengeOtp")).set(headers).send({ email }).expect(202);
  const code = await at.readCode(email);
  const browser = withCookie(at, cookiesOf(begun));
  const signedIn = await browser.post(api("verifyOtp")).set(headers).send({ code }).expect(200);
  return [...setCookies(begun), ...setCookies(signedIn).filter((line) => /_session=/.test(line))];
}

describe("the cookie", () => {
  test("The cookies of code and session on http://localhost are HttpOnly and SameSite=Lax, without Secure and __Host-", async () => {
    const cookies = await signInCookies(lab);
    expect(cookies).toEqual([
      expect.stringMatching(/^passkeys_session_code=[\w-]{43};/),
      expect.stringMatching(/^passkeys_session=s%3A/),
    ]);
    for (const cookie of cookies)
      expect(attributesOf(cookie)).toEqual(["HttpOnly", "Path=/", "SameSite=Lax"]);
  });

  test("The cookies of code and session on an https origin behind a TLS proxy have the __Host- prefix and Secure", async () => {
    const own = await startLab({ origin: "https://app.example.com", trustProxy: 1 });
    try {
      const cookies = await signInCookies(own, { "X-Forwarded-Proto": "https" });
      expect(cookies).toEqual([
        expect.stringMatching(/^__Host-passkeys_session_code=[\w-]{43};/),
        expect.stringMatching(/^__Host-passkeys_session=s%3A/),
      ]);
      for (const cookie of cookies)
        expect(attributesOf(cookie)).toEqual(["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);

      const gone = await own
        .agent()
        .delete(api("deleteSession"))
        .set("X-Forwarded-Proto", "https")
        .expect(204);
      expect(setCookies(gone)[0]).toMatch(/^__Host-passkeys_session=; .*Secure/);
    } finally {
      await own.close();
    }
  });

  test("The session cookie of an https origin is never sent without TLS", async () => {
    const own = await startLab({ origin: "https://app.example.com", trustProxy: 1 });
    try {
      const begun = await own
        .agent()
        .post(api("challengeOtp"))
        .set("X-Forwarded-Proto", "http")
        .send({ email: own.newAddress() });
      expect(setCookies(begun)).toEqual([]);
    } finally {
      await own.close();
    }
  });
});

test("No answer of the API may be stored by a browser or a proxy", async () => {
  const { agent } = await lab.person("passkey");
  const answers = [
    await agent.get(api("getSession")),
    await agent.get(api("listPasskeys")),
    await agent.get(api("getConfig")),
    await agent.post(api("createEnrollToken")).send({}),
    await agent.post(api("validate")).send({ token: "x", action: actions.signInWithPasskey }),
    await agent.delete(api("deleteSession")),
    await lab.agent().get(api("listPasskeys")),
    await lab.agent().get("/api/nothing"),
  ];
  expect(answers.map(({ headers }) => headers["cache-control"])).toEqual(answers.map(() => "no-store"));
});

test("A visitor who never signs in creates no session", async () => {
  const count = async () => {
    const { all } = await lab.storage.traffic
      .selectFrom("sessions")
      .select((eb) => eb.fn.countAll().as("all"))
      .executeTakeFirstOrThrow();
    return Number(all);
  };
  const before = await count();
  const agent = lab.agent();
  const answers = [
    await agent.get(api("getSession")),
    await agent.get(api("getConfig")),
    await agent.get(api("listPasskeys")),
    await agent.post(api("verifyOtp")).send({ code: "123456" }),
    await agent.post(api("validate")).send({ token: "x", action: actions.signInWithPasskey }),
    await agent.delete(api("deleteSession")),
  ];
  // The page's own cookie is in no table.
  const ownOrCleared = /^passkeys_(session=;|begun=)/;
  expect(answers.flatMap((answer) => setCookies(answer).filter((line) => !ownOrCleared.test(line)))).toEqual(
    [],
  );
  expect(await count()).toBe(before);
});

/** Makes a request every 25 minutes, as somebody at work does. */
async function stayBusy(own: Lab, agents: Agent | readonly Agent[], milliseconds: number): Promise<void> {
  const everybody = Array.isArray(agents) ? agents : [agents];
  let left = milliseconds;
  while (left > 0) {
    const step = Math.min(left, 25 * minute);
    own.advance(step);
    left -= step;
    if (left > 0) for (const agent of everybody) await agent.get(api("getConfig")).expect(200);
  }
}

function attributesOf(cookie: string): readonly string[] {
  return cookie
    .split("; ")
    .slice(1)
    .map((attribute) => (attribute.startsWith("Expires=") ? "Expires" : attribute))
    .sort();
}
