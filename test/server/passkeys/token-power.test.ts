/**
 * S45: a token that a browser gets is met by a passkey and by nothing else. Here a mailbox, a replaced address and other
 * methods try to turn one into more, straight at Authsignal.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TenantOptions } from "../../../server/emulator/index.ts";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { only, send } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

const transfer = "transfer-funds";
const stepUps = [actions.managePasskeys, transfer];
const minute = 60 * 1000;

/** The tenant's actions as our set-up guide says. */
const passkeyOnly: TenantOptions["actions"] = Object.fromEntries(
  [actions.enrollPasskey, ...stepUps].map((action) => [action, { verificationMethods: ["PASSKEY"] }]),
);

function startBank(emailStepUp: boolean, tenant: Partial<TenantOptions> = {}): Promise<Lab> {
  return startLab({
    tenant,
    host: {
      options: { emailStepUp, stepUpActions: [transfer] },
      routes: (app, requireStepUp) =>
        void app.post("/transfer", requireStepUp(transfer), (_req, res) => void res.json({ ok: true })),
    },
  });
}

/** Somebody who reads the mailbox and has signed in with a code, at an account with a passkey. */
async function intruderAt(lab: Lab): Promise<{ victim: Person; intruder: Person["agent"] }> {
  const victim = await lab.person("passkey");
  const intruder = lab.agent();
  await lab.signInWithOtp(intruder, victim.user.email);
  return { victim, intruder };
}

/** The Client API as the holder of a token can call it. */
async function clientApi(lab: Lab, path: string, token: string, body: object = {}) {
  const answer = await fetch(`${lab.emulator.apiUrl}/client${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const { errorCode }: { errorCode?: string } = await answer.json();
  return { status: answer.status, errorCode };
}

async function authenticatorsOf(lab: Lab, { user }: Person): Promise<number> {
  const { passkeys, others } = await lab.authsignal.listAuthenticators(user.id);
  return passkeys.length + others.length;
}

describe.each([true, false])("with emailStepUp %s", (emailStepUp) => {
  describe("and a tenant that permits every method", () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startBank(emailStepUp);
    });
    afterAll(async () => {
      expect(lab.leaks()).toEqual([]);
      await lab.close();
    });

    test.each(stepUps)("the token of %s is not met by the mailbox, and enrolls nothing", async (action) => {
      const { victim, intruder } = await intruderAt(lab);
      const { body } = await intruder.post(api("createStepUpToken")).send({ action }).expect(200);
      lab.keepSecret(body.token);
      const mails = lab.emulator.messages().length;
      for (const method of ["email-otp", "email-magic-link", "sms", "whatsapp"])
        expect((await clientApi(lab, `/challenge/${method}`, body.token)).status).toBeGreaterThanOrEqual(400);
      for (const path of ["passkey/registration-options", "email-otp", "totp"]) {
        const email = lab.newAddress();
        const refused = await clientApi(lab, `/user-authenticators/${path}`, body.token, { email });
        expect(refused).toEqual({ status: 403, errorCode: "forbidden" });
      }
      expect(lab.emulator.messages()).toHaveLength(mails);
      expect(await authenticatorsOf(lab, victim)).toBe(1);
    });

    test.each(stepUps)("an e-mail authenticator keeps the token of %s from the browser", async (action) => {
      const { victim, intruder } = await intruderAt(lab);
      await lab.enrollEmail(victim.user.id, victim.user.email);
      const withheld = await intruder.post(api("createStepUpToken")).send({ action }).expect(500);
      expect(withheld.body.code).toBe("tenant_misconfigured");
      expect(withheld.body).not.toHaveProperty("token");
      expect(withheld.text).not.toMatch(/portal|EMAIL_OTP/);
      expect(lab.events().at(-1)).toEqual({
        event: "step_up.withheld",
        userId: victim.user.id,
        action,
        methods: ["EMAIL_OTP"],
        requestId: expect.any(String),
        session: expect.any(String),
      });
      const line = lab.logs().findLast((entry) => entry.includes("request.failed"));
      expect(line).toContain(`In the Authsignal portal, under Actions, ${action}, permit passkey`);
    });

    test("an e-mail authenticator keeps the token of an enrollment from the browser, however fresh", async () => {
      const { authenticator, user } = await lab.person("passkey");
      const agent = lab.agent();
      await lab.signInWithPasskey(agent, authenticator);
      await lab.enrollEmail(user.id, user.email);
      const withheld = await agent.post(api("createEnrollToken")).send({}).expect(500);
      expect(withheld.body.code).toBe("tenant_misconfigured");
      expect(withheld.body).not.toHaveProperty("token");
      const methods = ["EMAIL_OTP"];
      expect(lab.events().at(-1)).toMatchObject({ event: "enrollment.withheld", userId: user.id, methods });
    });

    test("the e-mail authenticator of an address that was replaced counts as well", async () => {
      const { victim, intruder } = await intruderAt(lab);
      await lab.enrollEmail(victim.user.id, victim.user.email);
      await lab.storage.accounts
        .updateTable("users")
        .set({ email: lab.newAddress() })
        .where("id", "=", victim.user.id)
        .execute();
      for (const action of stepUps)
        await intruder.post(api("createStepUpToken")).send({ action }).expect(500);
    });

    test("an enrollment token that enrolled another mailbox as well ends the step-up tokens of the account", async () => {
      const { agent, user } = await lab.person();
      const { body: begun } = await agent.post(api("createEnrollToken")).send({}).expect(200);
      const mailbox = lab.newAddress();
      await clientApi(lab, "/user-authenticators/email-otp", begun.token, { email: mailbox });
      const verificationCode = await lab.readCode(mailbox);
      await clientApi(lab, "/verify/email-otp", begun.token, { verificationCode });
      const token = await lab.clientApi(createSoftAuthenticator()).signUp({ token: begun.token });
      lab.keepSecret(begun.token, token);
      await agent.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(200);
      await agent.post(api("createStepUpToken")).send({ action: transfer }).expect(500);
      const named = lab.events().filter(({ event }) => event === "authenticator.appeared");
      expect(named).toContainEqual(expect.objectContaining({ userId: user.id, method: "EMAIL_OTP" }));
    });
  });

  describe("and a tenant whose actions permit a passkey alone", () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startBank(emailStepUp, { actions: passkeyOnly });
    });
    afterAll(async () => {
      expect(lab.leaks()).toEqual([]);
      await lab.close();
    });

    test.each(stepUps)(
      "the token of %s is given to a user with an e-mail authenticator, and Authsignal refuses the mailbox",
      async (action) => {
        const { victim, intruder } = await intruderAt(lab);
        await lab.enrollEmail(victim.user.id, victim.user.email);
        const { body } = await intruder.post(api("createStepUpToken")).send({ action }).expect(200);
        lab.keepSecret(body.token);
        const mails = lab.emulator.messages().length;
        const refused = await clientApi(lab, "/challenge/email-otp", body.token);
        expect(refused).toEqual({ status: 400, errorCode: "invalid_request" });
        expect(lab.emulator.messages()).toHaveLength(mails);
        expect(await authenticatorsOf(lab, victim)).toBe(2);
        await lab.proveAgain(victim, { action });
      },
    );

    test("a passkey is added, and nothing else can be enrolled under its token", async () => {
      const { agent, authenticator, user } = await lab.person();
      await lab.enrollEmail(user.id, user.email);
      const { body } = await agent.post(api("createEnrollToken")).send({}).expect(200);
      lab.keepSecret(body.token);
      const email = lab.newAddress();
      const refused = await clientApi(lab, "/user-authenticators/email-otp", body.token, { email });
      expect(refused).toEqual({ status: 400, errorCode: "invalid_request" });
      await lab.enrollPasskey(agent, authenticator);
    });

    test("a replaced address is worth nothing two hours later, in a session that was kept alive", async () => {
      const own = await startBank(emailStepUp, { actions: passkeyOnly });
      try {
        const { victim, intruder } = await intruderAt(own);
        await own.enrollEmail(victim.user.id, victim.user.email);
        await own.storage.accounts
          .updateTable("users")
          .set({ email: own.newAddress() })
          .where("id", "=", victim.user.id)
          .execute();
        for (let round = 0; round < 6; round += 1) {
          own.advance(20 * minute);
          await intruder.get(api("getSession")).expect(200);
        }
        await intruder.post(api("createEnrollToken")).send({}).expect(403);
        const action = actions.managePasskeys;
        const { body } = await intruder.post(api("createStepUpToken")).send({ action }).expect(200);
        own.keepSecret(body.token);
        expect((await clientApi(own, "/challenge/email-otp", body.token)).status).toBe(400);
        expect(await authenticatorsOf(own, victim)).toBe(2);
      } finally {
        await own.close();
      }
    });

    test("a token from before the tenant became stricter cannot enroll the mailbox either", async () => {
      const own = await startBank(emailStepUp);
      try {
        const { victim, intruder } = await intruderAt(own);
        const { body } = await intruder.post(api("createStepUpToken")).send({ action: transfer }).expect(200);
        await own.enrollEmail(victim.user.id, victim.user.email);
        own.emulator.seed({ actions: [{ actionCode: transfer, verificationMethods: ["PASSKEY"] }] });
        expect((await clientApi(own, "/challenge/email-otp", body.token)).status).toBe(400);
      } finally {
        await own.close();
      }
    });
  });
});

test("a proof by e-mail under a token that was given away before is refused at the finish", async () => {
  const lab = await startBank(true);
  try {
    const { victim, intruder } = await intruderAt(lab);
    const { body } = await intruder.post(api("createStepUpToken")).send({ action: transfer }).expect(200);
    await lab.enrollEmail(victim.user.id, victim.user.email);
    await clientApi(lab, "/challenge/email-otp", body.token);
    const verificationCode = await lab.readCode(victim.user.email);
    await clientApi(lab, "/verify/email-otp", body.token, { verificationCode });
    const refused = await intruder
      .post(api("validate"))
      .send({ token: body.token, action: transfer })
      .expect(401);
    expect(refused.body.code).toBe("challenge_failed");
    await intruder.post("/transfer").send({}).expect(403);
    expect(lab.events().map(({ event }) => event)).toContain("authenticator.appeared");
  } finally {
    await lab.close();
  }
});

describe("what track answers decides", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startBank(true);
  });
  afterAll(async () => {
    expect(lab.leaks()).toEqual([]);
    await lab.close();
  });

  type Members = Readonly<Record<string, unknown>>;
  const both = ["EMAIL_OTP", "PASSKEY"];

  /** The same person each time: an e-mail authenticator or none, and track's answer with these members. */
  async function begin(has: "email" | "passkey only", members: Members): Promise<number> {
    const person = await lab.person("passkey");
    if (has === "email") await lab.enrollEmail(person.user.id, person.user.email);
    const change = only(/\/actions\//, async ({ forward, response }) => {
      const { status, body } = await forward();
      const answer = { ...JSON.parse(body), ...members };
      lab.keepSecret(answer.token);
      send(response, status, "application/json", JSON.stringify(answer));
    });
    lab.line.fail(change);
    const begun = await person.agent.post(api("createStepUpToken")).send({ action: transfer });
    lab.line.fail(null);
    return begun.status;
  }

  test.each<[string, Members]>([
    ["everything", { allowedVerificationMethods: both, enrolledVerificationMethods: both }],
    ["no list of what is permitted", { allowedVerificationMethods: undefined }],
    ["null for what is permitted", { allowedVerificationMethods: null }],
    ["a text for what is permitted", { allowedVerificationMethods: "PASSKEY" }],
    ["numbers for what is permitted", { allowedVerificationMethods: [1, "PASSKEY"] }],
    ["no list of what is enrolled", { enrolledVerificationMethods: undefined }],
    ["a text for what is enrolled", { enrolledVerificationMethods: "PASSKEY" }],
    ["that only a passkey is enrolled", { enrolledVerificationMethods: ["PASSKEY"] }],
    ["that links to the same mailbox are permitted", { allowedVerificationMethods: ["EMAIL_MAGIC_LINK"] }],
    ["neither list", { allowedVerificationMethods: undefined, enrolledVerificationMethods: undefined }],
  ])("a token is withheld from a user with an e-mail authenticator on %s", async (_, members) => {
    expect(await begin("email", members)).toBe(500);
  });

  test.each<[string, Members]>([
    ["a passkey is permitted", { allowedVerificationMethods: ["PASSKEY"] }],
    ["nothing is permitted", { allowedVerificationMethods: [] }],
    ["others are permitted", { allowedVerificationMethods: ["PASSKEY", "SMS", "AUTHENTICATOR_APP"] }],
  ])("a token is given to a user with an e-mail authenticator where only %s", async (_, members) => {
    expect(await begin("email", members)).toBe(200);
  });

  test.each<[string, Members]>([
    ["an unknown method", { method: "MIND_READING" }],
    ["a name that every object has", { method: "constructor" }],
    ["an authenticator app", { method: "AUTHENTICATOR_APP" }],
    ["a security key", { method: "SECURITY_KEY" }],
    ["recovery codes", { method: "RECOVERY_CODE" }],
  ])(
    "a token is withheld where %s is enrolled, by track's word alone, and permitted",
    async (_, { method }) => {
      const enrolledVerificationMethods = ["PASSKEY", method];
      const allowedVerificationMethods = ["PASSKEY", method];
      expect(await begin("passkey only", { enrolledVerificationMethods, allowedVerificationMethods })).toBe(
        500,
      );
      expect(
        await begin("passkey only", { enrolledVerificationMethods, allowedVerificationMethods: undefined }),
      ).toBe(500);
      expect(
        await begin("passkey only", {
          enrolledVerificationMethods,
          allowedVerificationMethods: ["PASSKEY"],
        }),
      ).toBe(200);
    },
  );

  test("a token is given to a user with nothing but passkeys, whatever is permitted or left out", async () => {
    expect(await begin("passkey only", {})).toBe(200);
    expect(
      await begin("passkey only", {
        allowedVerificationMethods: undefined,
        enrolledVerificationMethods: undefined,
      }),
    ).toBe(200);
  });
});

test("track tokens come from one place, which judges them", () => {
  const folder = `${import.meta.dirname}/../../../server/passkeys/flows`;
  const callers = readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => readFileSync(`${folder}/${name}`, "utf8").includes(".beginAction("));
  expect(callers).toEqual(["track-token.ts"]);
});
