import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../shared/actions.ts";
import { api } from "../kit/flows.ts";
import { type Lab, startLab } from "./lab.ts";

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
      .replace(/=s%3A[^;]+/, "")
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
  const options = await fetch(
    `${lab.emulator.apiUrl}/client/user-authenticators/passkey/authentication-options`,
    {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Basic ${Buffer.from("00000000-0000-4000-8000-000000000001").toString("base64")}`,
      },
      body: "{}",
    },
  );
  const begun: { options: { allowCredentials?: unknown[] } } = await options.json();
  expect(begun.options.allowCredentials ?? []).toEqual([]);
});
