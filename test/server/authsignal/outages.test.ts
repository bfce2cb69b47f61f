import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { type Lab, type Person, startLab } from "../lab.ts";
import { answering, type Fault, faults, only } from "./authsignal-line.ts";

/** Far below what a person waits, far above what a loopback call takes on a busy machine. Only hanging needs it. */
const deadlineMs = 1200;

const outages: [name: string, fault: Fault | "refuses connections"][] = [
  ["refuses connections", "refuses connections"],
  ...Object.entries(faults),
];

/** Each call that the app makes to Authsignal, and a request that makes it. */
type Scene = [
  name: string,
  path: string | RegExp,
  arrange: (lab: Lab) => Promise<{ run: () => PromiseLike<unknown>; unchanged: () => Promise<void> }>,
];

const scenes: Scene[] = [
  [
    "asking for a code",
    "/challenge",
    async (lab) => {
      const agent = lab.agent();
      const email = lab.newAddress();
      return {
        run: () => agent.post(api("challengeOtp")).send({ email }),
        unchanged: async () => {
          const { body } = await agent.post(api("verifyOtp")).send({ code: "123456" }).expect(409);
          expect(body.code).toBe("otp_not_requested");
        },
      };
    },
  ],
  [
    "entering a code, while it is checked",
    "/verify",
    async (lab) => {
      const agent = lab.agent();
      const email = lab.newAddress();
      await agent.post(api("challengeOtp")).send({ email }).expect(202);
      const code = await lab.readCode(email);
      return {
        run: () => agent.post(api("verifyOtp")).send({ code }),
        unchanged: () => noSession(lab, agent, email),
      };
    },
  ],
  [
    "signing in with a passkey",
    "/validate",
    async (lab) => {
      const { authenticator } = await lab.person("passkey");
      const token = await lab.signInToken(authenticator);
      const agent = lab.agent();
      return {
        run: () => agent.post(api("validate")).send({ token, action: actions.signInWithPasskey }),
        unchanged: async () => {
          const { body } = await agent.get(api("getSession")).expect(200);
          expect(body.user).toBeNull();
        },
      };
    },
  ],
  [
    "beginning an enrollment",
    /\/actions\//,
    async (lab) => {
      const { agent } = await lab.person();
      return {
        run: () => agent.post(api("createEnrollToken")).send({}),
        unchanged: () => passkeysAre(agent, 0),
      };
    },
  ],
  [
    "finishing an enrollment, while the token is validated",
    "/validate",
    async (lab) => {
      const { agent, authenticator } = await lab.person();
      return finishingEnrollment(agent, await lab.enrollmentToken(agent, authenticator));
    },
  ],
  [
    "finishing an enrollment, while the passkey is looked up",
    /\/authenticators$/,
    async (lab) => {
      const { agent, authenticator } = await lab.person();
      return finishingEnrollment(agent, await lab.enrollmentToken(agent, authenticator));
    },
  ],
  [
    "finishing a step-up, while the token is validated",
    "/validate",
    async (lab) => finishingStepUp(lab, await lab.person("passkey")),
  ],
  [
    "finishing a step-up, while the passkeys are listed",
    /\/authenticators$/,
    async (lab) => finishingStepUp(lab, await lab.person("passkey")),
  ],
  [
    "listing passkeys",
    /\/authenticators$/,
    async (lab) => {
      const { agent } = await lab.person("passkey");
      return { run: () => agent.get(api("listPasskeys")), unchanged: () => passkeysAre(agent, 1) };
    },
  ],
  [
    "deleting a passkey",
    /\/authenticators$/,
    async (lab) => {
      const { agent } = await lab.person("passkey");
      const { body } = await agent.get(api("listPasskeys")).expect(200);
      return {
        run: () => agent.delete(`/api/passkeys/${body[0].id}`),
        unchanged: () => passkeysAre(agent, 1),
      };
    },
  ],
];

/** The passkey was made with Authsignal; once it is back, the same token finishes. */
function finishingEnrollment(agent: Person["agent"], token: string) {
  const finish = () => agent.post(api("validate")).send({ token, action: actions.enrollPasskey });
  return { run: finish, unchanged: async () => void (await finish().expect(200)) };
}

/** Nothing was spent: once Authsignal is back, the same token proves it. */
async function finishingStepUp(lab: Lab, person: Person) {
  const action = actions.managePasskeys;
  const token = await lab.stepUpToken(person);
  const finish = () => person.agent.post(api("validate")).send({ token, action });
  return { run: finish, unchanged: async () => void (await finish().expect(200)) };
}

async function noSession(lab: Lab, agent: Person["agent"], email: string): Promise<void> {
  const { body } = await agent.get(api("getSession")).expect(200);
  expect(body.user).toBeNull();
  const users = await lab.storage.accounts
    .selectFrom("users")
    .selectAll()
    .where("email", "=", email)
    .execute();
  expect(users).toEqual([]);
}

async function passkeysAre(agent: Person["agent"], count: number): Promise<void> {
  const { body } = await agent.get(api("listPasskeys")).expect(200);
  expect(body).toHaveLength(count);
}

describe.each(outages)("Authsignal %s", (name, fault) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(name.startsWith("hangs") ? { deadlineMs } : {});
  });
  afterAll(async () => {
    expect(lab.leaks()).toEqual([]);
    await lab.close();
  });

  test.each(scenes)(
    "An outage of Authsignal while %s is a 503 that changes nothing and repeats no call",
    async (_name, path, arrange) => {
      const { run, unchanged } = await arrange(lab);
      const before = lab.line.calls().length;
      if (fault === "refuses connections") await lab.line.cut();
      else lab.line.fail(only(path, fault));
      const answer = await run();
      expect(answer).toMatchObject({
        status: 503,
        body: { code: "upstream_unavailable", retryAfter: expect.any(Number) },
      });
      expect(answer).toHaveProperty("headers.retry-after");
      const calls = lab.line.calls().slice(before);
      const repeated = calls.filter((call, at) => call.startsWith("POST") && calls.indexOf(call) !== at);
      expect(repeated).toEqual([]);
      await lab.line.mend();
      await unchanged();
    },
  );
});

describe("a refusal is not an outage", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(async () => {
    expect(lab.leaks()).toEqual([]);
    await lab.close();
  });

  test("A refused API secret key is a 503 for the visitor and a sentence in the log", async () => {
    const own = await startLab();
    try {
      own.line.fail(answering("/challenge", { error: "unauthorized", errorDescription: "No." }, 401));
      await own.agent().post(api("challengeOtp")).send({ email: own.newAddress() }).expect(503);
      expect(own.logs().join("")).toContain("AUTHSIGNAL_API_URL");
    } finally {
      await own.close();
    }
  });

  test("Forged tokens never open the circuit breaker, whatever Authsignal answers to them", async () => {
    const { authenticator, user } = await lab.person("passkey");
    for (const [status, error] of [
      [400, "invalid_request"],
      [401, "unauthorized"],
      [401, "invalid_token"],
      [403, "forbidden"],
      [422, undefined],
    ] as const) {
      lab.line.fail(answering("/validate", { error, errorDescription: "No." }, status));
      for (let round = 0; round < 8; round += 1) {
        const refused = await lab
          .agent()
          .post(api("validate"))
          .send({ token: "forged", action: actions.signInWithPasskey });
        expect([401, 503]).toContain(refused.status);
      }
      lab.line.fail(null);
      expect(await lab.signInWithPasskey(lab.agent(), authenticator)).toEqual(user);
    }
  });
});

describe("the breaker", () => {
  test("The circuit breaker opens after five outages, shows in readiness, and then answers at once", async () => {
    const lab = await startLab();
    try {
      const { authenticator } = await lab.person("passkey");
      const visitor = lab.agent();
      await visitor.get("/readyz").expect(200);
      lab.line.fail(faults["answers 500"]);
      for (let round = 0; round < 5; round += 1) {
        await lab.agent().post(api("challengeOtp")).send({ email: lab.newAddress() }).expect(503);
      }
      // Reported, and no reason to send people elsewhere: every instance has the same Authsignal.
      const ready = await visitor.get("/readyz").expect(200);
      expect(ready.body).toEqual({ status: "ready", checks: { storage: "ok", authsignal: "unavailable" } });
      await visitor.get("/healthz").expect(200);

      // From now on nothing is even asked, however healthy the line.
      lab.line.fail(null);
      const before = lab.line.calls().length;
      const token = await lab.signInToken(authenticator);
      const refused = await visitor
        .post(api("validate"))
        .send({ token, action: actions.signInWithPasskey })
        .expect(503);
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
      expect(lab.line.calls().slice(before)).toEqual([]);
    } finally {
      await lab.close();
    }
  });

  test("An open circuit breaker leaves sessions usable", async () => {
    const lab = await startLab();
    try {
      const { agent, user } = await lab.person();
      await lab.line.cut();
      for (let round = 0; round < 6; round += 1) await agent.get(api("listPasskeys")).expect(503);
      const session = await agent.get(api("getSession")).expect(200);
      expect(session.body.user).toEqual(user);
      await agent.delete(api("deleteSession")).expect(204);
    } finally {
      await lab.close();
    }
  });
});

test("An outage after the check of a code makes no second account and no session, and a new code works", async () => {
  const lab = await startLab();
  try {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    lab.line.fail(only("/verify", faults["drops the connection after it is done"]));
    await agent.post(api("verifyOtp")).send({ code }).expect(503);
    lab.line.fail(null);
    const spent = await agent.post(api("verifyOtp")).send({ code });
    expect(spent.status).toBe(401);
    expect((await agent.get(api("getSession"))).body.user).toBeNull();

    const other = lab.agent();
    const user = await lab.signInWithOtp(other, email);
    const users = await lab.storage.accounts
      .selectFrom("users")
      .selectAll()
      .where("email", "=", email)
      .execute();
    expect(users.map(({ id }) => id)).toEqual([user.id]);
    await lab.enrollPasskey(other, createSoftAuthenticator());
  } finally {
    await lab.close();
  }
});

test("An outage sends no second mail: one challenge is one message", async () => {
  const lab = await startLab();
  try {
    const email = lab.newAddress();
    lab.line.fail(only("/challenge", faults["drops the connection after it is done"]));
    await lab.agent().post(api("challengeOtp")).send({ email }).expect(503);
    expect(lab.emulator.messages({ to: email })).toHaveLength(1);
  } finally {
    await lab.close();
  }
});

test("A sign-in succeeds without a passkey offer when only the list of passkeys fails", async () => {
  const lab = await startLab();
  try {
    lab.line.fail(only(/\/authenticators$/, faults["answers 500"]));
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const finished = await agent
      .post(api("verifyOtp"))
      .send({ code: await lab.readCode(email) })
      .expect(200);
    expect(finished.body.offerPasskey).toBe(false);
  } finally {
    await lab.close();
  }
});
