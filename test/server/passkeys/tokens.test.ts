import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { send } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

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

/** Each row gives a bad token and what a visitor who signs in with it is told. */
type Row = [name: string, token: () => Promise<string>, code: string];

const rows: Row[] = [
  ["garbage", async () => "garbage", "challenge_failed"],
  ["a JWT that nobody signed", async () => "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "challenge_failed"],
  [
    "a genuine token with another payload",
    async () => tamper(await lab.signInToken(person.authenticator), 1),
    "challenge_failed",
  ],
  [
    "a genuine token with another signature",
    async () => tamper(await lab.signInToken(person.authenticator), 2),
    "challenge_failed",
  ],
  [
    "a token of another action",
    async () => lab.clientApi(person.authenticator).signIn({ action: "read-the-weather" }),
    "token_mismatch",
  ],
  ["a token of an enrollment", () => enrollmentToken(), "token_mismatch"],
  ["a token of a step-up", () => lab.stepUpToken(person), "token_mismatch"],
  [
    "a step-up's track token, before the ceremony",
    async () => {
      const begun = await person.agent
        .post(api("createStepUpToken"))
        .send({ action: actions.managePasskeys })
        .expect(200);
      return begun.body.token;
    },
    "token_mismatch",
  ],
];

describe("a sign-in is refused with", () => {
  test.each(rows)("%s", async (_, makeToken, code) => {
    const token = await makeToken();
    if (token !== "garbage") lab.keepSecret(token);
    const agent = lab.agent();
    const refused = await agent.post(api("validate")).send({ token, action: actions.signInWithPasskey });
    expect(refused.status).toBe(401);
    expect(refused.body.code).toBe(code);
    const session = await agent.get(api("getSession")).expect(200);
    expect(session.body.user).toBeNull();
  });

  test("a token that is too old", async () => {
    const own = await startLab();
    try {
      const { authenticator } = await own.person("passkey");
      const token = await own.signInToken(authenticator);
      own.advance(11 * 60 * 1000);
      const refused = await own
        .agent()
        .post(api("validate"))
        .send({ token, action: actions.signInWithPasskey })
        .expect(401);
      expect(["challenge_expired", "challenge_failed"]).toContain(refused.body.code);
    } finally {
      await own.close();
    }
  });

  test("a token that is too old, by its own name where Authsignal says so", async () => {
    const own = await startLab({ tenant: { validateRefusal: "unauthorized", errorCodes: "distinct" } });
    try {
      const { authenticator } = await own.person("passkey");
      const token = await own.signInToken(authenticator);
      own.advance(11 * 60 * 1000);
      const refused = await own
        .agent()
        .post(api("validate"))
        .send({ token, action: actions.signInWithPasskey })
        .expect(401);
      expect(refused.body.code).toBe("challenge_expired");
    } finally {
      await own.close();
    }
  });
});

describe("the session's user decides", () => {
  test.each([
    ["an enrollment", actions.enrollPasskey, () => enrollmentToken()],
    ["a step-up", actions.managePasskeys, () => lab.stepUpToken(person)],
  ])("%s of user A is refused in the session of user B", async (_, action, makeToken) => {
    const other = await lab.person("passkey");
    const token = await makeToken();
    const refused = await other.agent.post(api("validate")).send({ token, action }).expect(401);
    expect(refused.body.code).toBe("token_mismatch");
    const session = await other.agent.get(api("getSession")).expect(200);
    expect(session.body.user).toEqual(other.user);
  });

  test.each([
    ["an unfinished enrollment", "createEnrollToken", {}, actions.enrollPasskey],
    [
      "an unfinished step-up",
      "createStepUpToken",
      { action: actions.managePasskeys },
      actions.managePasskeys,
    ],
  ] as const)("%s: its track token proves nothing", async (_, begin, body, action) => {
    const begun = await person.agent.post(api(begin)).send(body).expect(200);
    lab.keepSecret(begun.body.token);
    const refused = await person.agent
      .post(api("validate"))
      .send({ token: begun.body.token, action })
      .expect(401);
    expect(refused.body.code).toBe("challenge_failed");
  });

  test("Authsignal is asked with the action, and with the user whenever there is a session", async () => {
    const bodies: unknown[] = [];
    const token = await lab.stepUpToken(person);
    lab.line.fail(async (call) => {
      if (call.path === "/validate") bodies.push(JSON.parse(call.body));
      const real = await call.forward();
      send(call.response, real.status, "application/json", real.body);
    });
    try {
      await person.agent.post(api("validate")).send({ token, action: actions.managePasskeys }).expect(200);
      await lab.signInWithPasskey(lab.agent(), person.authenticator);
    } finally {
      lab.line.fail(null);
    }
    expect(bodies).toEqual([
      { token: expect.any(String), action: actions.managePasskeys, userId: person.user.id },
      { token: expect.any(String), action: actions.signInWithPasskey },
    ]);
  });
});

describe("a token is accepted once", () => {
  test("10 parallel validates of one sign-in token: exactly one succeeds", async () => {
    const token = await lab.signInToken(person.authenticator);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        lab.agent().post(api("validate")).send({ token, action: actions.signInWithPasskey }),
      ),
    );
    const codes = answers.map(({ status, body }) => (status === 200 ? 200 : body.code));
    expect(codes.filter((code) => code === 200)).toHaveLength(1);
    expect(codes.filter((code) => code === "token_already_used")).toHaveLength(9);
  });

  test("10 parallel validates of one step-up token in one session: exactly one succeeds", async () => {
    const own = await lab.person("passkey");
    const token = await lab.stepUpToken(own);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        own.agent.post(api("validate")).send({ token, action: actions.managePasskeys }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });

  test("a sign-in token that was used is refused in the same browser and in any other", async () => {
    const agent = lab.agent();
    const token = await lab.signInToken(person.authenticator);
    await agent.post(api("validate")).send({ token, action: actions.signInWithPasskey }).expect(200);
    for (const browser of [agent, lab.agent()]) {
      const again = await browser
        .post(api("validate"))
        .send({ token, action: actions.signInWithPasskey })
        .expect(401);
      expect(again.body.code).toBe("token_already_used");
    }
  });

  test("also after a restart: what was accepted is in the database", async () => {
    const token = await lab.signInToken(person.authenticator);
    await lab.agent().post(api("validate")).send({ token, action: actions.signInWithPasskey }).expect(200);
    const rows = await lab.storage.traffic.selectFrom("consumed_tokens").selectAll().execute();
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

async function enrollmentToken(): Promise<string> {
  const begun = await person.agent.post(api("createEnrollToken")).send({}).expect(200);
  lab.keepSecret(begun.body.token);
  return lab.clientApi(createSoftAuthenticator()).signUp({ token: begun.body.token });
}

/** Turns one character in the middle of a part of a JWT. */
function tamper(token: string, part: 1 | 2): string {
  const parts = token.split(".");
  const text = parts[part] ?? "";
  const middle = Math.floor(text.length / 2);
  parts[part] = `${text.slice(0, middle)}${text[middle] === "A" ? "B" : "A"}${text.slice(middle + 1)}`;
  return parts.join(".");
}
