/** Several instances of the app on one storage: what one decides, the other knows. */
import { afterAll, describe, expect, test } from "vitest";
import { generousLimits } from "../../kit/limits.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { startStack } from "../../kit/start-stack.ts";
import { cookiesIn } from "../lab.ts";

// Twenty sign-ins to one address at once are more than one network may ask for.
const stack = await startStack({
  tenant: { limits: "off" },
  policies: { limits: generousLimits },
});
const second = await stack.startInstance();
afterAll(() => stack.close());
/** Odd and even requests, as a load balancer would deal them. */
const browserOn = (index: number) => (index % 2 === 0 ? stack : second).agent();

describe("two instances of the app", () => {
  test("a session made on one works on the other, and ends on both", async () => {
    const agent = browserOn(0);
    const user = await stack.signInWithOtp(agent);
    const elsewhere = browserOn(1).set("Cookie", await cookiesIn(agent));
    expect((await elsewhere.get("/api/session").expect(200)).body).toMatchObject({ user });
    await agent.delete("/api/session").expect(204);
    expect((await elsewhere.get("/api/session").expect(200)).body).toEqual({ user: null });
  });

  test("a token that is spent on one is spent on the other, also when both are asked at once", async () => {
    const authenticator = createSoftAuthenticator();
    const agent = browserOn(0);
    await stack.signInWithOtp(agent);
    await stack.enrollPasskey(agent, authenticator);
    const token = await stack.signInToken(authenticator);
    const answers = await Promise.all(
      [0, 1, 2, 3].map((index) =>
        browserOn(index).post("/api/validate").send({ token, action: "sign-in-with-passkey" }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    expect(answers.filter(({ status }) => status === 401).map(({ body }) => body.code)).toEqual(
      Array(3).fill("token_already_used"),
    );
  });

  test("twenty first sign-ins at once, over both, make one account", async () => {
    const email = stack.newAddress();
    const begun: { agent: ReturnType<typeof browserOn>; code: string }[] = [];
    for (let index = 0; index < 20; index++) {
      const agent = browserOn(index);
      await agent.post("/api/otp/challenge").send({ email }).expect(202);
      begun.push({ agent, code: await stack.readCode(email) });
    }
    const users = await Promise.all(
      begun.map(async ({ agent, code }) => {
        const { body } = await agent.post("/api/otp/verify").send({ code }).expect(200);
        return body.user as { id: string };
      }),
    );
    expect(new Set(users.map(({ id }) => id)).size).toBe(1);
  });
});
