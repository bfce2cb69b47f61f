import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { answering } from "../authsignal/authsignal-line.ts";
import { cookiesOf, type Lab, startLab, withCookie } from "../lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

/** Codes that are certainly not this one, all different. */
function wrongCodes(right: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) =>
    String((Number(right) + at + 1) % 1_000_000).padStart(6, "0"),
  );
}

async function ask(agent: Agent, email: string, status = 202) {
  return agent.post(api("challengeOtp")).send({ email }).expect(status);
}

describe("a code", () => {
  test("has six digits, and no two people get the same series", async () => {
    const codes = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const email = lab.newAddress();
        await ask(lab.agent(), email);
        return lab.readCode(email);
      }),
    );
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    expect(new Set(codes).size).toBeGreaterThan(15);
  });

  test("is in no answer, and in no database table", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    const begun = await ask(agent, email);
    const code = await lab.readCode(email);
    expect(begun.text).not.toContain(code);
    const refused = await agent
      .post(api("verifyOtp"))
      .send({ code: wrongCodes(code, 1)[0] })
      .expect(401);
    expect(refused.text).not.toContain(code);
    const { accounts, traffic } = lab.storage;
    const tables = [
      await accounts.selectFrom("users").selectAll().execute(),
      await traffic.selectFrom("sessions").select("data").execute(),
      await traffic.selectFrom("otp_attempts").selectAll().execute(),
      await traffic.selectFrom("audit_events").select("facts").execute(),
    ];
    expect(JSON.stringify(tables)).not.toContain(`"${code}"`);
  });

  test("lives ten minutes, and says so", async () => {
    const begun = await ask(lab.agent(), lab.newAddress());
    const lifeMs = Date.parse(begun.body.expiresAt) - Date.now();
    expect(lifeMs).toBeGreaterThan(9 * 60 * 1000);
    expect(lifeMs).toBeLessThanOrEqual(10 * 60 * 1000 + 1000);
  });

  test("typed in another browser is refused there, and still good where it was asked for", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await ask(agent, email);
    const code = await lab.readCode(email);

    const visitor = await lab.agent().post(api("verifyOtp")).send({ code }).expect(409);
    expect(visitor.body.code).toBe("otp_not_requested");

    const other = lab.agent();
    await ask(other, lab.newAddress());
    const refused = await other.post(api("verifyOtp")).send({ code }).expect(401);
    expect(refused.body.code).toBe("otp_incorrect");

    await agent.post(api("verifyOtp")).send({ code }).expect(200);
  });

  test("is refused to an attacker whose own cookie was in the browser before it asked for the code", async () => {
    const planted = cookiesOf(await ask(lab.agent(), lab.newAddress()));
    const email = lab.newAddress();
    const victim = withCookie(lab, planted);
    const own = cookiesOf(await ask(victim, email));
    const code = await lab.readCode(email);
    const refused = await withCookie(lab, planted).post(api("verifyOtp")).send({ code }).expect(409);
    expect(refused.body.code).toBe("otp_not_requested");
    // Beside the one that was planted under a longer path, which the browser sends first.
    const both = withCookie(lab, `${planted}; ${own}`);
    await both.post(api("verifyOtp")).send({ code }).expect(200);
  });

  test("is not made void by another browser that asks for the same address", async () => {
    const victim = lab.agent();
    const email = lab.newAddress();
    await ask(victim, email);
    const code = await lab.readCode(email);
    const attacker = lab.agent();
    await ask(attacker, email);
    for (const guess of wrongCodes(code, 5)) await attacker.post(api("verifyOtp")).send({ code: guess });
    await victim.post(api("verifyOtp")).send({ code }).expect(200);
  });

  test("is made void by a newer one for the same browser", async () => {
    const own = await startLab();
    try {
      const agent = own.agent();
      const email = own.newAddress();
      await ask(agent, email);
      const first = await own.readCode(email);
      own.advance(31 * 1000);
      await ask(agent, email);
      const second = await own.readCode(email);
      expect(own.emulator.messages({ to: email })).toHaveLength(2);
      if (first !== second) await agent.post(api("verifyOtp")).send({ code: first }).expect(401);
      await agent.post(api("verifyOtp")).send({ code: second }).expect(200);
    } finally {
      await own.close();
    }
  });

  test("belongs to an address: asking for another one forgets it", async () => {
    const agent = lab.agent();
    const mine = lab.newAddress();
    await ask(agent, mine);
    const code = await lab.readCode(mine);
    const theirs = lab.newAddress();
    await ask(agent, theirs);
    const refused = await agent.post(api("verifyOtp")).send({ code }).expect(401);
    expect(refused.body.code).toBe("otp_incorrect");
  });
});

describe("tries", () => {
  test("five wrong ones spend the code: the right one comes too late", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await ask(agent, email);
    const code = await lab.readCode(email);
    const told = [];
    for (const guess of wrongCodes(code, 5)) {
      const { status, body } = await agent.post(api("verifyOtp")).send({ code: guess });
      told.push([status, body.code, body.attemptsLeft]);
    }
    expect(told).toEqual([
      [401, "otp_incorrect", 4],
      [401, "otp_incorrect", 3],
      [401, "otp_incorrect", 2],
      [401, "otp_incorrect", 1],
      [401, "otp_attempts_exceeded", undefined],
    ]);
    const late = await agent.post(api("verifyOtp")).send({ code });
    expect(late.status).toBe(409);
    expect((await agent.get(api("getSession"))).body.user).toBeNull();
  });

  test("cannot be multiplied by guessing in parallel", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    const begun = await ask(agent, email);
    const code = await lab.readCode(email);
    const browser = withCookie(lab, cookiesOf(begun));
    const before = lab.line.calls().length;
    const answers = await Promise.all(
      wrongCodes(code, 20).map((guess) => browser.post(api("verifyOtp")).send({ code: guess })),
    );
    expect(answers.filter(({ status }) => status === 200)).toEqual([]);
    const tried = lab.line
      .calls()
      .slice(before)
      .filter((call) => call === "POST /verify");
    expect(tried.length).toBeLessThanOrEqual(5);
  });

  test("survive a resend: what was tried before counts on", async () => {
    const own = await startLab();
    try {
      const agent = own.agent("192.0.2.1");
      const email = own.newAddress();
      const answers = [];
      for (let round = 0; round < 3; round += 1) {
        await ask(agent, email);
        const code = await own.readCode(email);
        for (const guess of wrongCodes(code, 5)) {
          const { body } = await agent.post(api("verifyOtp")).send({ code: guess });
          answers.push(body.code);
        }
      }
      // Ten in all, over however many codes; then even the right one has to wait.
      expect(answers.slice(0, 10).filter((code) => code === "rate_limited")).toEqual([]);
      expect(answers.slice(10)).toEqual(Array(5).fill("rate_limited"));
      const code = await own.readCode(email);
      const refused = await agent.post(api("verifyOtp")).send({ code }).expect(429);
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    } finally {
      await own.close();
    }
  });

  test("that succeed are not charged, and forgive the ones before", async () => {
    // Authsignal has limits of its own, which this test is not about.
    const own = await startLab({ tenant: { limits: "off" } });
    try {
      for (let round = 0; round < 4; round += 1) {
        const agent = own.agent("192.0.2.2");
        const email = "often@example.com";
        own.keepSecret(email);
        await ask(agent, email);
        const code = await own.readCode(email);
        for (const guess of wrongCodes(code, 4))
          await agent.post(api("verifyOtp")).send({ code: guess }).expect(401);
        await agent.post(api("verifyOtp")).send({ code }).expect(200);
      }
    } finally {
      await own.close();
    }
  });

  test("of one network address are limited over all addresses it tries", async () => {
    const own = await startLab({
      host: { options: { limits: { failuresPerIp: { points: 6, seconds: 900 } } } },
    });
    try {
      const statuses = [];
      for (const tries of [3, 3, 4, 4]) {
        const agent = own.agent("192.0.2.3");
        const email = own.newAddress();
        await ask(agent, email);
        const code = await own.readCode(email);
        for (const guess of wrongCodes(code, tries)) {
          statuses.push((await agent.post(api("verifyOtp")).send({ code: guess })).status);
        }
      }
      // Beyond the limit a code has two tries instead of five: the wrong ones before may be somebody else's.
      expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 401, 401, 429, 429, 401, 401, 429, 429]);
    } finally {
      await own.close();
    }
  });
});

describe("asking for codes", () => {
  test("more than five times for one address from one place is 429", async () => {
    const email = lab.newAddress();
    for (let round = 0; round < 5; round += 1) await ask(lab.agent("192.0.2.4"), email);
    const refused = await ask(lab.agent("192.0.2.4"), email, 429);
    expect(refused.body.code).toBe("rate_limited");
    expect(Number(refused.headers["retry-after"])).toBe(refused.body.retryAfter);
    // The same person somewhere else, and somebody else at the same place, are not concerned.
    await ask(lab.agent(), email);
    await ask(lab.agent("192.0.2.4"), lab.newAddress());
  });

  test("more than a hundred times from one place is 429", async () => {
    for (let round = 0; round < 100; round += 1) await ask(lab.agent("192.0.2.5"), lab.newAddress());
    await ask(lab.agent("192.0.2.5"), lab.newAddress(), 429);
  }, 120_000);

  test("cannot lock a person out: they sign in with a passkey, whatever was done to the address", async () => {
    const own = await startLab({
      host: {
        options: {
          limits: { sendsPerAddress: { points: 3, seconds: 900 }, sendsInAll: { points: 6, seconds: 900 } },
        },
      },
    });
    try {
      const victim = await own.person("passkey");
      for (let round = 0; round < 4; round += 1) await ask(own.agent(), victim.user.email);
      while ((await own.agent().post(api("challengeOtp")).send({ email: own.newAddress() })).status === 202);
      expect(await own.signInWithPasskey(own.agent(), victim.authenticator)).toEqual(victim.user);
    } finally {
      await own.close();
    }
  });

  test("has a budget in all; beyond it nothing is sent and the answer says wait", async () => {
    const own = await startLab({
      host: { options: { limits: { sendsInAll: { points: 3, seconds: 900 } } } },
    });
    try {
      for (let round = 0; round < 3; round += 1) await ask(own.agent(), own.newAddress());
      const email = own.newAddress();
      const refused = await ask(own.agent(), email, 503);
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
      expect(own.emulator.messages({ to: email })).toEqual([]);
    } finally {
      await own.close();
    }
  });

  test("is answered as usual when Authsignal itself has sent this address enough, and no mail goes out", async () => {
    const own = await startLab();
    try {
      const email = own.newAddress();
      await ask(own.agent(), email);
      own.line.fail(answering("/challenge", { error: "too_many_requests", errorDescription: "Slow." }, 429));
      const withheld = await ask(own.agent(), email);
      expect(Object.keys(withheld.body).sort()).toEqual(["expiresAt", "resendAfter"]);
      expect(own.logs().join("")).toContain("otp.withheld");
      expect(own.emulator.messages({ to: email })).toHaveLength(1);
    } finally {
      await own.close();
    }
  });

  test("keeps no list of addresses in its counters", async () => {
    const email = lab.newAddress();
    const agent = lab.agent();
    await ask(agent, email);
    await agent.post(api("verifyOtp")).send({ code: "000000" });
    const counters = await lab.storage.traffic.selectFrom("rate_limits").selectAll().execute();
    expect(JSON.stringify(counters)).not.toContain(email);
    for (const { key } of counters) expect(key.length).toBeLessThanOrEqual(255);
  });
});

describe("one address is one account", () => {
  test.each([
    ["capitals", (email: string) => email.toUpperCase()],
    ["spaces around it", (email: string) => `  ${email}\t`],
    ["both", (email: string) => ` ${email.replace("person", "Person").replace("example", "EXAMPLE")} `],
  ])("with %s it is the same one", async (_, write) => {
    const email = lab.newAddress();
    const user = await lab.signInWithOtp(lab.agent(), email);
    const agent = lab.agent();
    await ask(agent, write(email));
    const code = await lab.readCode(email);
    const again = await agent.post(api("verifyOtp")).send({ code }).expect(200);
    expect(again.body.user).toEqual(user);
  });

  test("a plus tag is another mailbox and another account", async () => {
    const email = lab.newAddress();
    const tagged = email.replace("@", "+tag@");
    lab.keepSecret(tagged);
    const user = await lab.signInWithOtp(lab.agent(), email);
    expect((await lab.signInWithOtp(lab.agent(), tagged)).id).not.toBe(user.id);
  });

  test("20 parallel first sign-ins make one account", async () => {
    const own = await startLab({
      tenant: { limits: "off" },
      policies: { limits: { sendsPerAddress: { points: 40, seconds: 900 } } },
    });
    try {
      const email = own.newAddress();
      const browsers = [];
      for (let at = 0; at < 20; at += 1) {
        const agent = own.agent();
        await ask(agent, at % 2 === 0 ? email : email.toUpperCase());
        browsers.push({ agent, code: await own.readCode(email) });
      }
      const answers = await Promise.all(
        browsers.map(({ agent, code }) => agent.post(api("verifyOtp")).send({ code }).expect(200)),
      );
      expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1);
      const users = await own.storage.accounts.selectFrom("users").selectAll().execute();
      expect(users).toHaveLength(1);
    } finally {
      await own.close();
    }
  });
});

describe("forged tokens", () => {
  test("from one place are refused before Authsignal is asked, after three hundred in a quarter of an hour", async () => {
    const own = await startLab({
      host: { options: { limits: { refusalsPerIp: { points: 4, seconds: 900 } } } },
    });
    try {
      const owner = await own.person("passkey");
      const forged = { token: "forged", action: actions.signInWithPasskey };
      for (let round = 0; round < 4; round += 1)
        await own.agent("192.0.2.6").post(api("validate")).send(forged).expect(401);
      const before = own.line.calls().length;
      const refused = await own.agent("192.0.2.6").post(api("validate")).send(forged).expect(429);
      expect(refused.body.code).toBe("rate_limited");
      expect(own.line.calls().slice(before)).toEqual([]);
      // Nobody else is concerned: no account is named in a forged token.
      expect(await own.signInWithPasskey(own.agent(), owner.authenticator)).toEqual(owner.user);
    } finally {
      await own.close();
    }
  });
});
