import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { answering, type Fault, faults, only } from "../authsignal/authsignal-line.ts";
import { type Lab, type LabOptions, startLab } from "../lab.ts";

let lab: Lab;
let known: string;
let throttled: string;
beforeAll(async () => {
  lab = await startLab();
  known = (await lab.person("passkey")).user.email;
  throttled = lab.newAddress();
  // Twenty codes in a day, from anywhere, are enough for one address. Authsignal gives up before: after twelve.
  for (let round = 0; round < 21; round += 1) {
    await lab.agent().post(api("challengeOtp")).send({ email: throttled }).expect(202);
  }
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

const kinds = (): [string, string][] => [
  ["known", known],
  ["unknown", lab.newAddress()],
  ["throttled", throttled],
];

/** What an onlooker sees of an answer, without what differs from one answer to the next for everybody. */
function seen({ status, headers, text }: { status: number; headers: Record<string, unknown>; text: string }) {
  const changing = new Set(["date", "x-request-id", "set-cookie", "etag"]);
  return {
    status,
    headerNames: Object.keys(headers).sort(),
    headers: Object.entries(headers).filter(([name]) => !changing.has(name)),
    setCookie: String(headers["set-cookie"])
      .replace(/_code=[\w-]{43}/, "")
      .replace(/Expires=[^;]+/, ""),
    text: text.replace(/"expiresAt":"[^"]{24}"/, "").replace(/"requestId":"[^"]{36}"/, ""),
  };
}

describe("known, unknown and throttled addresses", () => {
  test("get the same answer to asking for a code: status, header set and body", async () => {
    const answers = [];
    for (const [, email] of kinds())
      answers.push(seen(await lab.agent().post(api("challengeOtp")).send({ email })));
    expect(answers[0]?.status).toBe(202);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test("get codes that live equally long", async () => {
    const lives = [];
    for (const [, email] of kinds()) {
      const { body } = await lab.agent().post(api("challengeOtp")).send({ email });
      lives.push(Math.round((Date.parse(body.expiresAt) - Date.now()) / 5000));
    }
    expect(new Set(lives).size).toBe(1);
  });

  test("get the same answers to wrong codes, down to the last try", async () => {
    const stories = [];
    for (const [, email] of kinds()) {
      const agent = lab.agent();
      await agent.post(api("challengeOtp")).send({ email }).expect(202);
      const told = [];
      for (let round = 0; round < 6; round += 1) {
        told.push(seen(await agent.post(api("verifyOtp")).send({ code: "00000000" })));
      }
      stories.push(told);
    }
    expect(stories[0]?.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 409]);
    expect(stories[1]).toEqual(stories[0]);
    expect(stories[2]).toEqual(stories[0]);
  });

  test("get the same answer when they ask again too soon and too often", async () => {
    const stories: (readonly [number, string])[][] = [];
    for (const [at, [, email]] of kinds().entries()) {
      const told = [];
      const ip = `192.0.2.${100 + at}`;
      for (let round = 0; round < 7; round += 1) {
        told.push(seen(await lab.agent(ip).post(api("challengeOtp")).send({ email })));
      }
      stories.push(told.map(({ status, text }) => [status, text.replace(/"retryAfter":\d+/, "")] as const));
    }
    expect(stories[0]?.map(([status]) => status)).toEqual([202, 202, 202, 202, 202, 429, 429]);
    expect(stories[1]).toEqual(stories[0]);
    expect(stories[2]).toEqual(stories[0]);
  });

  test("but only the first two get mail", async () => {
    const before = lab.emulator.messages({ to: throttled }).length;
    await lab.agent().post(api("challengeOtp")).send({ email: throttled }).expect(202);
    expect(lab.emulator.messages({ to: throttled })).toHaveLength(before);
    expect(before).toBeLessThanOrEqual(20);
  });
});

describe("an outage does not tell a throttled address from the others", () => {
  /** Far above what a loopback call takes on a busy machine. Only hanging needs it. */
  const deadlineMs = 1200;
  const twoADay = { sendsPerAddress: { points: 2, seconds: 24 * 60 * 60 } };

  async function withThrottled(
    options: LabOptions,
    look: (
      own: Lab,
      ask: (email: string) => Promise<ReturnType<typeof seen>>,
      email: string,
    ) => Promise<void>,
  ): Promise<void> {
    const own = await startLab({
      ...options,
      policies: { limits: { ...twoADay, ...options.policies?.limits } },
    });
    try {
      const email = own.newAddress();
      for (let round = 0; round < 3; round += 1)
        await own.agent().post(api("challengeOtp")).send({ email }).expect(202);
      expect(own.emulator.messages({ to: email })).toHaveLength(2);
      const ask = async (to: string) => {
        const answer = await own.agent().post(api("challengeOtp")).send({ email: to });
        return seen({ ...answer, text: answer.text.replace(/"retryAfter":\d+/, "") });
      };
      await look(own, ask, email);
      expect(own.leaks()).toEqual([]);
    } finally {
      await own.close();
    }
  }

  test.each<[string, Fault | null]>([["refuses connections", null], ...Object.entries(faults)])(
    "when Authsignal %s, in whichever order the addresses are asked about",
    async (name, fault) => {
      await withThrottled(name.startsWith("hangs") ? { deadlineMs } : {}, async (own, ask, email) => {
        if (fault === null) await own.line.cut();
        else own.line.fail(fault);
        const answers = [await ask(email), await ask(own.newAddress()), await ask(email)];
        expect(answers[0]?.status).toBe(503);
        expect(answers[1]).toEqual(answers[0]);
        expect(answers[2]).toEqual(answers[0]);
        await own.line.mend();
        expect((await ask(own.newAddress())).status).toBe(202);
        expect((await ask(email)).status).toBe(202);
        expect(own.emulator.messages({ to: email })).toHaveLength(2);
      });
    },
  );

  test("when the breaker is open", async () => {
    await withThrottled({}, async (own, ask, email) => {
      own.line.fail(faults["answers 500"]);
      for (let round = 0; round < 5; round += 1) await ask(own.newAddress());
      const answers = [await ask(email), await ask(own.newAddress())];
      expect(answers[0]?.status).toBe(503);
      expect(answers[1]).toEqual(answers[0]);
    });
  });

  test("when codes alone cannot be sent, once one send has failed", async () => {
    await withThrottled({}, async (own, ask, email) => {
      own.line.fail(only("/challenge", faults["answers 500"]));
      const answers = [await ask(own.newAddress()), await ask(email), await ask(own.newAddress())];
      expect(answers[0]?.status).toBe(503);
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
      own.line.fail(null);
      expect((await ask(own.newAddress())).status).toBe(202);
      expect((await ask(email)).status).toBe(202);
    });
  });

  test("a send that Authsignal refused for one address does not count as an outage", async () => {
    await withThrottled({}, async (own, ask, email) => {
      own.line.fail(answering("/challenge", { error: "invalid_request", errorDescription: "No." }, 400));
      expect((await ask(own.newAddress())).status).toBe(503);
      own.line.fail(null);
      expect((await ask(email)).status).toBe(202);
    });
  });

  test("when the budget for sending codes is spent", async () => {
    const sendsInAll = { points: 4, seconds: 60 * 60 };
    await withThrottled({ policies: { limits: { sendsInAll } } }, async (own, ask, email) => {
      // Two are spent. What is withheld costs nothing of the rest.
      for (let round = 0; round < 3; round += 1) expect((await ask(email)).status).toBe(202);
      for (let round = 0; round < 2; round += 1) expect((await ask(own.newAddress())).status).toBe(202);
      const answers = [await ask(email), await ask(own.newAddress())];
      expect(answers[0]?.status).toBe(503);
      expect(answers[1]).toEqual(answers[0]);
    });
  });
});

test("before identity is proven nothing lists credentials or tells whether an account exists", async () => {
  const visitor = lab.agent();
  for (const answer of [
    await visitor.get(api("listPasskeys")),
    await visitor.post(api("createEnrollToken")).send({}),
    await visitor.post(api("createStepUpToken")).send({ action: actions.managePasskeys }),
    await visitor.put(api("answerPasskeyOffer")).send({ answer: "never" }),
  ]) {
    expect([answer.status, answer.body.code]).toEqual([401, "not_authenticated"]);
  }
});

test("no one can ask Authsignal by an address for the passkeys of a person", async () => {
  const { user } = await lab.person("passkey");
  const listed: unknown[] = [];
  for (const body of [{}, { username: user.email }, { username: user.id }, { email: user.email }]) {
    const answer = await fetch(
      `${lab.emulator.apiUrl}/client/user-authenticators/passkey/authentication-options`,
      {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Basic ${Buffer.from("00000000-0000-4000-8000-000000000001").toString("base64")}`,
        },
        body: JSON.stringify(body),
      },
    );
    const begun: { options: { allowCredentials?: unknown[] } } = await answer.json();
    listed.push(...(begun.options.allowCredentials ?? []));
  }
  expect(listed).toEqual([]);
  expect(JSON.stringify(lab.emulator.journal())).not.toContain(`"username":"${user.email}"`);
});
