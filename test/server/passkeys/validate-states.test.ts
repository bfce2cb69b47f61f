import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { answering, only, send } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

/**
 * Whatever Authsignal answers to a genuine token, only `isValid` together with CHALLENGE_SUCCEEDED, for the user,
 * the action and the method that we expect, is a proof. Everything else fails closed.
 */
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

let occurrence = 0;

/** What a good answer looks like; each call is another occurrence of the action. */
function good(action: string): Record<string, unknown> {
  occurrence += 1;
  return {
    isValid: true,
    state: "CHALLENGE_SUCCEEDED",
    stateUpdatedAt: "2026-01-01T00:00:00.000Z",
    userId: person.user.id,
    action,
    actionCode: action,
    idempotencyKey: `occurrence-${occurrence}`,
    verificationMethod: "PASSKEY",
  };
}

function without(member: string) {
  return (answer: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(answer).filter(([name]) => name !== member));
}

type Change = (answer: Record<string, unknown>) => unknown;

const states = [
  "ALLOW",
  "BLOCK",
  "CHALLENGE_REQUIRED",
  "CHALLENGE_FAILED",
  "REVIEW_REQUIRED",
  "REVIEW_SUCCEEDED",
  "REVIEW_FAILED",
  "challenge_succeeded",
  "CHALLENGE_SUCCEEDED ",
  "SOMETHING_NEW",
  "",
];

const rows: [name: string, change: Change][] = [
  ...states.flatMap((state): [string, Change][] => [
    [`state ${JSON.stringify(state)}, said to be valid`, (answer) => ({ ...answer, state })],
    [`state ${JSON.stringify(state)}`, (answer) => ({ ...answer, state, isValid: false })],
  ]),
  ["the right state, said to be invalid", (answer) => ({ ...answer, isValid: false })],
  ["isValid as text", (answer) => ({ ...answer, isValid: "true" })],
  ["isValid as a number", (answer) => ({ ...answer, isValid: 1 })],
  ["isValid null", (answer) => ({ ...answer, isValid: null })],
  ["no isValid", without("isValid")],
  ["no state", without("state")],
  ["a state that is a list", (answer) => ({ ...answer, state: ["CHALLENGE_SUCCEEDED"] })],
  ["no user", without("userId")],
  ["a user that is no text", (answer) => ({ ...answer, userId: { id: "x" } })],
  ["an empty user", (answer) => ({ ...answer, userId: "" })],
  ["no occurrence", without("idempotencyKey")],
  ["no method", without("verificationMethod")],
  ["another method", (answer) => ({ ...answer, verificationMethod: "EMAIL_OTP" })],
  ["another action", (answer) => ({ ...answer, action: "read", actionCode: "read" })],
  ["a user that we do not have", (answer) => ({ ...answer, userId: "somebody-else" })],
  ["a user whose id is a path", (answer) => ({ ...answer, userId: "../x" })],
  ["an empty object", () => ({})],
  ["null", () => null],
  ["a list", () => []],
  ["a text", () => "CHALLENGE_SUCCEEDED"],
  ["an error with 200", () => ({ error: "invalid_request", errorDescription: "No." })],
  ["a mismatch of the user", () => ({ isValid: false, error: "User is invalid." })],
  ["a mismatch of the action", () => ({ isValid: false, error: "Action is invalid." })],
];

const failed = new Set(["challenge_failed", "token_mismatch", "upstream_unavailable"]);

describe("a sign-in is refused on", () => {
  test.each(rows)("%s", async (_, change) => {
    const agent = lab.agent();
    lab.line.fail(answering("/validate", change(good(actions.signInWithPasskey))));
    const refused = await agent.post(api("validate")).send({ token: "x", action: actions.signInWithPasskey });
    lab.line.fail(null);
    expect(failed).toContain(refused.body.code);
    expect([401, 503]).toContain(refused.status);
    expect((await agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    await reset();
  });

  test("HTML instead of JSON", async () => {
    const agent = lab.agent();
    lab.line.fail(
      only("/validate", ({ response }) =>
        send(response, 200, "text/html", "<html>CHALLENGE_SUCCEEDED</html>"),
      ),
    );
    const refused = await agent.post(api("validate")).send({ token: "x", action: actions.signInWithPasskey });
    lab.line.fail(null);
    expect([refused.status, refused.body.code]).toEqual([503, "upstream_unavailable"]);
    expect((await agent.get(api("getSession")).expect(200)).body.user).toBeNull();
  });
});

test("a sign-in is accepted on the one good answer, so that the rows above fail for their own reason", async () => {
  const agent = lab.agent();
  lab.line.fail(answering("/validate", good(actions.signInWithPasskey)));
  const accepted = await agent.post(api("validate")).send({ token: "x", action: actions.signInWithPasskey });
  lab.line.fail(null);
  expect(accepted.body.user).toEqual(person.user);
});

describe("in a session, an enrollment and a step-up are refused on", () => {
  const inSession: [string, Change][] = [
    ...rows.filter(([name]) => !["no method", "another method"].includes(name)),
    ["another user of ours", (answer) => ({ ...answer, userId: otherUser })],
  ];
  let otherUser = "";
  beforeAll(async () => {
    otherUser = (await lab.person()).user.id;
  });

  test.each(inSession)("%s", async (_, change) => {
    for (const action of [actions.enrollPasskey, actions.managePasskeys]) {
      lab.line.fail(answering("/validate", change(good(action))));
      const refused = await person.agent.post(api("validate")).send({ token: "x", action });
      lab.line.fail(null);
      expect(failed).toContain(refused.body.code);
      await reset();
    }
    expect((await person.agent.get(api("getSession")).expect(200)).body.user).toEqual(person.user);
  });

  test("an occurrence that this session did not begin", async () => {
    for (const action of [actions.enrollPasskey, actions.managePasskeys]) {
      lab.line.fail(answering("/validate", good(action)));
      const refused = await person.agent.post(api("validate")).send({ token: "x", action }).expect(401);
      lab.line.fail(null);
      expect(refused.body.code).toBe("token_mismatch");
    }
  });
});

describe("a right code is refused when its check answers", () => {
  test.each<[string, unknown]>([
    ["that it is not verified", { isVerified: false }],
    ["that it is not verified, but with the address", { isVerified: false, email: "x@example.com" }],
    ["verified for nobody", { isVerified: true }],
    ["verified for an empty address", { isVerified: true, email: "" }],
    ["verified for an address that is no text", { isVerified: true, email: ["x@example.com"] }],
    ["verified as text", { isVerified: "true", email: "x@example.com" }],
    ["verified as a number", { isVerified: 1, email: "x@example.com" }],
    ["verified null", { isVerified: null, email: "x@example.com" }],
    ["an address alone", { email: "x@example.com" }],
    [
      "what a token's validation would",
      { isValid: true, state: "CHALLENGE_SUCCEEDED", email: "x@example.com" },
    ],
    ["an error with 200", { error: "invalid_request", errorDescription: "No." }],
    ["an empty object", {}],
    ["null", null],
    ["a list", [{ isVerified: true, email: "x@example.com" }]],
    ["a text", "verified"],
  ])("%s", async (_, answer) => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    lab.line.fail(answering("/verify", answer));
    const refused = await agent.post(api("verifyOtp")).send({ code });
    lab.line.fail(null);
    expect([401, 503]).toContain(refused.status);
    expect((await agent.get(api("getSession")).expect(200)).body.user).toBeNull();
    await reset();
  });
});

describe("the emulator's own states", () => {
  test.each(["ALLOW", "BLOCK", "REVIEW"] as const)(
    "a tenant whose rules say %s gives no token that signs in before the ceremony",
    async (outcome) => {
      const own = await startLab({ tenant: { actions: { [actions.enrollPasskey]: { outcome } } } });
      try {
        const { agent } = await own.person();
        const begun = await agent.post(api("createEnrollToken")).send({}).expect(200);
        own.keepSecret(begun.body.token);
        const refused = await agent
          .post(api("validate"))
          .send({ token: begun.body.token, action: actions.enrollPasskey })
          .expect(401);
        expect(refused.body.code).toBe("challenge_failed");
      } finally {
        await own.close();
      }
    },
  );
});

/** Lets an answer be good again, so that five unreadable ones in a row do not open the breaker. */
async function reset(): Promise<void> {
  await person.agent.get(api("listPasskeys")).expect(200);
}
