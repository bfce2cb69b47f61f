import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "../../../server/http/hash.ts";
import { api } from "../../kit/flows.ts";
import { answering, type Call, only, send } from "../authsignal/authsignal-line.ts";
import { cookiesOf, type Lab, startLab, withCookie } from "../lab.ts";

const unknown = JSON.stringify({
  error: "not_found",
  errorCode: "not_found",
  errorDescription: "No such user.",
});

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

describe("signing in with a code", () => {
  test("sends a code, accepts it, and starts a session", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    const begun = await agent.post(api("challengeOtp")).send({ email }).expect(202);
    expect(Object.keys(begun.body).sort()).toEqual(["expiresAt", "resendAfter"]);
    const code = await lab.readCode(email);
    const finished = await agent.post(api("verifyOtp")).send({ code }).expect(200);
    expect(finished.body).toEqual({ user: { id: expect.any(String), email }, offerPasskey: true });
    const session = await agent.get(api("getSession")).expect(200);
    expect(session.body).toEqual({ user: finished.body.user, idleSeconds: 30 * 60 });
  });

  test.each([
    ["fr-CA, en;q=0.5", "fr-CA"],
    ["*", undefined],
    ["not/a language", undefined],
  ])("asks Authsignal for a mail in the first language of %j", async (header, locale) => {
    const asked: object[] = [];
    lab.line.fail(async ({ path, body, forward, response }) => {
      if (path === "/challenge") asked.push(JSON.parse(body));
      const real = await forward();
      send(response, real.status, "application/json", real.body);
    });
    const email = lab.newAddress();
    const agent = lab.agent();
    await agent.post(api("challengeOtp")).set("Accept-Language", header).send({ email }).expect(202);
    lab.line.fail(null);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject(locale === undefined ? { email } : { email, locale });
    expect("locale" in (asked[0] ?? {})).toBe(locale !== undefined);
  });

  test("makes no account before the address is proven", async () => {
    const email = lab.newAddress();
    await lab.agent().post(api("challengeOtp")).send({ email }).expect(202);
    const users = await lab.storage.accounts
      .selectFrom("users")
      .selectAll()
      .where("email", "=", email)
      .execute();
    expect(users).toEqual([]);
  });

  test("asks Authsignal twice, to send and to check, and leaves no authenticator and no user there", async () => {
    const agent = lab.agent();
    const before = lab.line.calls().length;
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    const { body } = await agent.post(api("verifyOtp")).send({ code }).expect(200);
    const asked = lab.line.calls().slice(before);
    // The list is what the offer of a passkey depends on.
    expect(asked).toEqual(["POST /challenge", "POST /verify", `GET /users/${body.user.id}/authenticators`]);
    expect(JSON.stringify(lab.emulator.exportState().tenants)).not.toContain(`"userId":"${body.user.id}"`);
  });

  test("goes on to a first passkey where Authsignal answers 404 for a user that it does not know", async () => {
    const own = await startLab();
    try {
      own.line.fail(
        only(/\/authenticators$/, ({ response }) => send(response, 404, "application/json", unknown)),
      );
      const agent = own.agent();
      const email = own.newAddress();
      await agent.post(api("challengeOtp")).send({ email }).expect(202);
      const { body } = await agent
        .post(api("verifyOtp"))
        .send({ code: await own.readCode(email) })
        .expect(200);
      expect(body.offerPasskey).toBe(true);
      await agent.post(api("createEnrollToken")).send({}).expect(200);
    } finally {
      await own.close();
    }
  });

  test("signs in the owner of the address that Authsignal names, whatever the browser asked for", async () => {
    const agent = lab.agent();
    const named = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email: lab.newAddress() }).expect(202);
    lab.line.fail(answering("/verify", { isVerified: true, email: named }));
    const answer = await agent.post(api("verifyOtp")).send({ code: "123456" });
    lab.line.fail(null);
    expect(answer.status).toBe(200);
    expect(answer.body.user.email).toBe(named);
  });

  test("refuses a code that Authsignal names an address for, and does not call verified", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    lab.line.fail(answering("/verify", { isVerified: false, email }));
    const answer = await agent.post(api("verifyOtp")).send({ code: "123456" });
    lab.line.fail(null);
    expect(answer.body.code).toBe("otp_incorrect");
  });

  test("finds the same account again", async () => {
    const email = lab.newAddress();
    const first = await lab.signInWithOtp(lab.agent(), email);
    expect(await lab.signInWithOtp(lab.agent(), email)).toEqual(first);
  });

  test("takes a code as mails show it, with a space or a dash", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    const typed = ` ${code.slice(0, 3)} ${code.slice(3, 5)}-${code.slice(5)} `;
    await agent.post(api("verifyOtp")).send({ code: typed }).expect(200);
  });

  test("asking again at once sends nothing, and the code on its way still works", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const again = await agent.post(api("challengeOtp")).send({ email }).expect(202);
    expect(again.body.resendAfter).toBeGreaterThan(0);
    expect(lab.emulator.messages({ to: email })).toHaveLength(1);
    await agent
      .post(api("verifyOtp"))
      .send({ code: await lab.readCode(email) })
      .expect(200);
  });

  test("starts a new session when another person signs in on top of one", async () => {
    const agent = lab.agent();
    await lab.signInWithOtp(agent);
    const second = await lab.signInWithOtp(agent);
    const session = await agent.get(api("getSession")).expect(200);
    expect(session.body.user).toEqual(second);
  });
});

describe("a code that does not sign in", () => {
  test("without having asked for one", async () => {
    const refused = await lab.agent().post(api("verifyOtp")).send({ code: "123456" }).expect(409);
    expect(refused.body.code).toBe("otp_not_requested");
  });

  test("when it is wrong, and says how often one may try", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const right = await lab.readCode(email);
    const refused = await agent
      .post(api("verifyOtp"))
      .send({ code: otherThan(right) })
      .expect(401);
    expect(refused.body).toMatchObject({ code: "otp_incorrect", attemptsLeft: 4 });
    await agent.post(api("verifyOtp")).send({ code: right }).expect(200);
  });

  test("when it was used", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    const begun = await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    await agent.post(api("verifyOtp")).send({ code }).expect(200);
    const again = await agent.post(api("verifyOtp")).send({ code }).expect(409);
    expect(again.body.code).toBe("otp_not_requested");
    // The session from before the sign-in is gone: its cookie asked for nothing.
    const replayed = await withCookie(lab, cookiesOf(begun))
      .post(api("verifyOtp"))
      .send({ code })
      .expect(409);
    expect(replayed.body.code).toBe("otp_not_requested");
  });

  test("when another request has used it meanwhile: a new one is sent at once", async () => {
    const own = await startLab();
    try {
      const agent = own.agent();
      const email = own.newAddress();
      const challengeId = "a-challenge";
      own.line.fail(answering("/challenge", { challengeId, expiresAt: Date.now() / 1000 + 600 }));
      await agent.post(api("challengeOtp")).send({ email }).expect(202);
      await own.storage.flows.consumeToken(
        sha256(JSON.stringify({ challengeId })),
        new Date(Date.now() + 60_000),
      );
      own.line.fail(answering("/verify", { isVerified: true, email }));
      const used = await agent.post(api("verifyOtp")).send({ code: "123456" }).expect(401);
      expect(used.body.code).toBe("otp_expired");
      own.line.fail(null);
      await agent.post(api("challengeOtp")).send({ email }).expect(202);
      expect(own.line.calls().filter((call) => call === "POST /challenge")).toHaveLength(2);
    } finally {
      await own.close();
    }
  });

  test("when it is too old", async () => {
    const own = await startLab();
    try {
      const agent = own.agent();
      const email = own.newAddress();
      await agent.post(api("challengeOtp")).send({ email }).expect(202);
      const code = await own.readCode(email);
      own.advance(10 * 60 * 1000 + 1000);
      const refused = await agent.post(api("verifyOtp")).send({ code }).expect(401);
      expect(refused.body.code).toBe("otp_expired");
      const session = await agent.get(api("getSession")).expect(200);
      expect(session.body.user).toBeNull();
    } finally {
      await own.close();
    }
  });

  test("A code that was used leaves neither its hash nor the address beside its counter", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    await Promise.all(Array.from({ length: 3 }, () => agent.post(api("verifyOtp")).send({ code })));
    const rows = await lab.storage.traffic
      .selectFrom("otp_attempts")
      .selectAll()
      .where((eb) => eb.or([eb("accepted_email", "is not", null), eb("accepted_code", "is not", null)]))
      .execute();
    expect(rows).toEqual([]);
  });

  test("ten times in parallel: exactly one request signs in", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => agent.post(api("verifyOtp")).send({ code })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });

  test("five times in parallel while Authsignal says yes to every one: exactly one request signs in", async () => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    // None is answered before all have asked.
    const asked: Call[] = [];
    const yes = JSON.stringify({ isVerified: true, email });
    const sayYes = (call: Call) => {
      asked.push(call);
      if (asked.length === 5) for (const { response } of asked) send(response, 200, "application/json", yes);
    };
    lab.line.fail(only("/verify", sayYes));
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => agent.post(api("verifyOtp")).send({ code: "123456" })),
    );
    lab.line.fail(null);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401, 401]);
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set([undefined, "otp_expired"]));
  });
});

/** A code that is certainly wrong. */
function otherThan(code: string): string {
  return code === "000000" ? "000001" : "000000";
}
