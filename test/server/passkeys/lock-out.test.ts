/** Strangers cannot use up the code limits of a person, and colleagues not those of each other. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api } from "../../kit/flows.ts";
import { answering, faults } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";

let lab: Lab;
beforeAll(async () => {
  // Authsignal has limits of its own, which this suite is not about.
  lab = await startLab({ tenant: { limits: "off" } });
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

let networks = 0;
function newNetwork(): string {
  networks += 1;
  return `198.18.0.${networks}`;
}

const mailsTo = (email: string) => lab.emulator.messages({ to: email }).length;

/** Asks in new browsers at this network until it is told to wait. @returns how many mails that sent */
async function askFrom(network: string, email: string): Promise<number> {
  const before = mailsTo(email);
  for (let round = 0; round < 30; round += 1) {
    // The limit of a quarter of an hour is another one.
    const { status } = await lab.agent(network).post(api("challengeOtp")).send({ email });
    if (status === 429) break;
  }
  return mailsTo(email) - before;
}

describe("the codes of a person without a passkey", () => {
  test("are not spent by one network address in a day", async () => {
    const own = await startLab({
      tenant: { limits: "off" },
      policies: { limits: { sendsPerPair: { points: 1000, seconds: 900 } } },
    });
    try {
      const email = own.newAddress();
      let refused = 0;
      for (let round = 0; round < 25; round += 1) {
        const { status } = await own.agent("198.51.100.7").post(api("challengeOtp")).send({ email });
        refused += status === 429 ? 1 : 0;
      }
      expect(own.emulator.messages({ to: email })).toHaveLength(8);
      expect(refused).toBe(17);
      await own.signInWithOtp(own.agent("203.0.113.9"), email);
    } finally {
      await own.close();
    }
  });

  test("are not spent by many strangers for the networks that have completed a code", async () => {
    const email = lab.newAddress();
    const home = newNetwork();
    await lab.signInWithOtp(lab.agent(home), email);
    for (let round = 0; round < 8; round += 1) await askFrom(newNetwork(), email);
    expect(mailsTo(email)).toBeLessThanOrEqual(18);
    await lab.signInWithOtp(lab.agent(home), email);
  });

  test("are not spent by many strangers for the browsers that have completed a code, wherever they are", async () => {
    const email = lab.newAddress();
    const agent = lab.agent(newNetwork());
    await lab.signInWithOtp(agent, email);
    await agent.delete(api("deleteSession")).expect(204);
    for (let round = 0; round < 8; round += 1) await askFrom(newNetwork(), email);
    const before = mailsTo(email);
    await agent.post(api("challengeOtp")).set("X-Forwarded-For", newNetwork()).send({ email }).expect(202);
    expect(mailsTo(email)).toBe(before + 1);
  });

  test("are twenty a day at the most, from strangers and from known browsers together", async () => {
    const email = lab.newAddress();
    const homes = [newNetwork(), newNetwork(), newNetwork(), newNetwork(), newNetwork(), newNetwork()];
    for (const home of homes) await lab.signInWithOtp(lab.agent(home), email);
    for (let round = 0; round < 6; round += 1) await askFrom(newNetwork(), email);
    for (const home of homes) await askFrom(home, email);
    expect(mailsTo(email)).toBe(20);
  });

  test.each([
    ["refuses them", answering("/challenge", { error: "invalid_request", errorDescription: "No." }, 400)],
    ["fails", faults["answers 500"]],
  ])("are not used up while Authsignal %s", async (_, fault) => {
    const policies = { limits: { sendsPerAddress: { points: 4, seconds: 900 } } };
    const own = await startLab({ policies });
    try {
      const [network, email] = [newNetwork(), own.newAddress()];
      const ask = () => own.agent(network).post(api("challengeOtp")).send({ email });
      own.line.fail(fault);
      // The breaker opens at the fifth outage.
      for (let round = 0; round < 4; round += 1) await ask().expect(503);
      own.line.fail(null);
      for (let round = 0; round < 4; round += 1) await ask().expect(202);
      expect(own.emulator.messages({ to: email })).toHaveLength(4);
    } finally {
      await own.close();
    }
  });

  test.each([
    "hangs beyond the deadline",
    "drops the connection after it is done",
    "answers half a JSON text",
  ] as const)("are used up where Authsignal %s, because a mail may have gone out", async (fault) => {
    const policies = { limits: { sendsPerPair: { points: 2, seconds: 900 } } };
    const own = await startLab({ policies, deadlineMs: 200 });
    try {
      const [network, email] = [newNetwork(), own.newAddress()];
      const ask = () => own.agent(network).post(api("challengeOtp")).send({ email });
      own.line.fail(faults[fault]);
      await ask().expect(503);
      await ask().expect(503);
      await ask().expect(429);
    } finally {
      await own.close();
    }
  });

  test("are the same for all tags of one mailbox", async () => {
    const [name = "", domain = ""] = lab.newAddress().split("@");
    const network = newNetwork();
    const statuses: number[] = [];
    for (let tag = 0; tag < 30; tag += 1) {
      const email = `${name}+${tag}@${domain}`;
      lab.keepSecret(email);
      statuses.push((await lab.agent(network).post(api("challengeOtp")).send({ email })).status);
    }
    expect(statuses.filter((status) => status === 202)).toHaveLength(5);
  });

  test("are the same for all dots of a Gmail address", async () => {
    const network = newNetwork();
    const statuses: number[] = [];
    for (const email of [
      "jane.doe@gmail.com",
      "janedoe@gmail.com",
      "j.a.n.e.doe@googlemail.com",
      "janedoe+a@gmail.com",
    ])
      for (let round = 0; round < 2; round += 1) {
        lab.keepSecret(email);
        statuses.push((await lab.agent(network).post(api("challengeOtp")).send({ email })).status);
      }
    expect(statuses.filter((status) => status === 202)).toHaveLength(5);
  });
});

describe("the budget for the codes of everybody", () => {
  test("keeps a share that only those who have completed a code can spend", async () => {
    // Strangers have four of the five.
    const own = await startLab({ policies: { limits: { sendsInAll: { points: 5, seconds: 900 } } } });
    try {
      const email = own.newAddress();
      const home = newNetwork();
      await own.signInWithOtp(own.agent(home), email);
      const statuses: number[] = [];
      for (let stranger = 0; stranger < 4; stranger += 1) {
        const asked = { email: own.newAddress() };
        statuses.push((await own.agent(newNetwork()).post(api("challengeOtp")).send(asked)).status);
      }
      expect(statuses).toEqual([202, 202, 202, 503]);
      await own.signInWithOtp(own.agent(home), email);
      await own.agent(home).post(api("challengeOtp")).send({ email }).expect(503);
    } finally {
      await own.close();
    }
  });
});

describe("colleagues behind one network address", () => {
  test("all get a code: forty ask in the same minute", async () => {
    const office = newNetwork();
    for (let person = 0; person < 40; person += 1)
      await lab.agent(office).post(api("challengeOtp")).send({ email: lab.newAddress() }).expect(202);
  });

  test("sign in with a right code, and with a second try, whatever the others have mistyped", async () => {
    const office = newNetwork();
    for (let person = 0; person < 11; person += 1) {
      const agent = lab.agent(office);
      const email = lab.newAddress();
      await agent.post(api("challengeOtp")).send({ email }).expect(202);
      const right = Number(await lab.readCode(email));
      for (let at = 1; at <= 5; at += 1) {
        const code = String((right + at) % 1_000_000).padStart(6, "0");
        await agent.post(api("verifyOtp")).send({ code });
      }
    }
    await lab.signInWithOtp(lab.agent(office));

    const agent = lab.agent(office);
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    await agent.post(api("verifyOtp")).send({ code: wrong }).expect(401);
    await agent.post(api("verifyOtp")).send({ code }).expect(200);
  });
});

describe("what is withheld", () => {
  test("is bounded: beyond it a request is answered as usual, not recorded, and no call to Authsignal", async () => {
    const own = await startLab({
      tenant: { limits: "off" },
      policies: {
        limits: {
          sendsPerAddress: { points: 1, seconds: 900 },
          withheldInAll: { points: 3, seconds: 900 },
        },
      },
    });
    try {
      const email = own.newAddress();
      const answers = [];
      for (let round = 0; round < 10; round += 1) {
        const { status, body } = await own.agent().post(api("challengeOtp")).send({ email });
        answers.push([status, Object.keys(body).toSorted()]);
      }
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      const calls = own.line.calls().filter((call) => call === "POST /verify");
      expect(calls).toHaveLength(3);
      const rows = await own.storage.traffic.selectFrom("audit_events").select("event").execute();
      expect(rows.filter(({ event }) => event === "otp.withheld")).toHaveLength(3);
    } finally {
      await own.close();
    }
  });
});

describe("a subscriber with an IPv6 network", () => {
  test("is one place with all of a /56, however many networks it makes of it", async () => {
    const own = await startLab({ policies: { limits: { sendsPerIp: { points: 10, seconds: 900 } } } });
    try {
      const statuses: number[] = [];
      for (let subnet = 0; subnet < 12; subnet += 1) {
        const network = `2001:db8:77:${subnet.toString(16)}::1`;
        const answer = await own.agent(network).post(api("challengeOtp")).send({ email: own.newAddress() });
        statuses.push(answer.status);
      }
      expect(statuses).toEqual([...Array(10).fill(202), 429, 429]);
      await own
        .agent("2001:db8:77:100::1")
        .post(api("challengeOtp"))
        .send({ email: own.newAddress() })
        .expect(202);
    } finally {
      await own.close();
    }
  });

  test("is as large as the host says", async () => {
    const own = await startLab({
      policies: { ipv6Prefix: 48, limits: { sendsPerIp: { points: 1, seconds: 900 } } },
    });
    try {
      await own
        .agent("2001:db8:77::1")
        .post(api("challengeOtp"))
        .send({ email: own.newAddress() })
        .expect(202);
      const email = own.newAddress();
      await own.agent("2001:db8:77:ff00::1").post(api("challengeOtp")).send({ email }).expect(429);
      await own.agent("2001:db8:78::1").post(api("challengeOtp")).send({ email }).expect(202);
    } finally {
      await own.close();
    }
  });
});
