/** Instances whose clocks differ: nothing is lost, granted longer or accepted twice by going from one to the other. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { type Stack, startStack } from "../../kit/start-stack.ts";
import { cookiesIn } from "../lab.ts";

type Instance = Pick<Stack, "agent">;

let stack: Stack;
let ahead: Instance;
let behind: Instance;
const fiveMinutes = 5 * 60_000;
beforeAll(async () => {
  stack = await startStack({ tenant: { limits: "off" } });
  ahead = await stack.startInstance({ aheadMs: fiveMinutes });
  behind = await stack.startInstance({ aheadMs: -fiveMinutes });
});
afterAll(() => stack.close());

const orders: readonly [string, () => readonly [Instance, Instance]][] = [
  ["five minutes ahead", () => [stack, ahead]],
  ["five minutes behind", () => [stack, behind]],
  ["ten minutes ahead of the other one", () => [behind, ahead]],
  ["ten minutes behind the other one", () => [ahead, behind]],
];

describe.each(orders)("on an instance whose clock is %s,", (_, instances) => {
  test("a code and a token that were used on the other one are used", async () => {
    const [first, other] = instances();
    const agent = first.agent();
    const email = stack.newAddress();
    await agent.post("/api/otp/challenge").send({ email }).expect(202);
    const late = other.agent().set("Cookie", await cookiesIn(agent));
    const code = await stack.readCode(email);
    await agent.post("/api/otp/verify").send({ code }).expect(200);
    const { status } = await late.post("/api/otp/verify").send({ code });
    expect([401, 409]).toContain(status);

    const authenticator = createSoftAuthenticator();
    await stack.enrollPasskey(agent, authenticator);
    const body = { token: await stack.signInToken(authenticator), action: "sign-in-with-passkey" };
    await first.agent().post("/api/validate").send(body).expect(200);
    await other.agent().post("/api/validate").send(body).expect(401);
  });

  test("a person stays signed in, and is signed out everywhere", async () => {
    const [first, other] = instances();
    const agent = first.agent();
    const user = await stack.signInWithOtp(agent);
    const elsewhere = other.agent().set("Cookie", await cookiesIn(agent));
    expect((await elsewhere.get("/api/session").expect(200)).body).toMatchObject({ user });
    await elsewhere.delete("/api/session").expect(204);
    expect((await agent.get("/api/session").expect(200)).body).toEqual({ user: null });
  });
});

describe.each(orders.slice(0, 2))("on an instance whose clock is %s,", (_, instances) => {
  test("a code that was sent by the other one signs in, and its proof is fresh", async () => {
    const [first, other] = instances();
    const agent = first.agent();
    const email = stack.newAddress();
    await agent.post("/api/otp/challenge").send({ email }).expect(202);
    const elsewhere = other.agent().set("Cookie", await cookiesIn(agent));
    await elsewhere
      .post("/api/otp/verify")
      .send({ code: await stack.readCode(email) })
      .expect(200);
    const back = first.agent().set("Cookie", await cookiesIn(elsewhere));
    await back.post("/api/enroll-token").send({}).expect(200);
  });
});
