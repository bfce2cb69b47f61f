/** The kit's faults and clock reach a host's own app. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { generousLimits } from "../kit/limits.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { startStack } from "../kit/start-stack.ts";
import { type BearerHost, startBearerHost } from "./bearer-host.ts";

let kit: EmulatorFor;
let host: BearerHost;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/mobile/v2" });
  host = await startBearerHost(kit);
});
afterAll(() => kit?.close());

test("an outage that the kit's emulator plays is a 503 of the app", async () => {
  const { app } = host;
  kit.emulator.addFault({ path: "/v1/challenge", status: 500 });
  const refused = await kit.agent(app).post("/mobile/v2/otp/challenge").send({ email: kit.newAddress() });
  expect(refused.status).toBe(503);
});

test("the kit's clock makes a code too old eleven minutes later", async () => {
  const agent = host.agent();
  const email = kit.newAddress();
  await agent.post("/mobile/v2/otp/challenge").send({ email }).expect(202);
  kit.advance(11 * 60 * 1000);
  const refused = await agent.post("/mobile/v2/otp/verify").send({ code: await kit.readCode(email) });
  expect(refused.body.code).toBe("otp_expired");
});

test("a flow of the kit that cannot go on says which request failed, and how", async () => {
  await expect(kit.enrollPasskey(host.agent(), createSoftAuthenticator())).rejects.toThrow(
    /^POST \/mobile\/v2\/enroll-token answered 401: .*not_authenticated/,
  );
});

test("with generous limits a suite may sign in as many people as it likes", async () => {
  const stack = await startStack({ policies: { limits: generousLimits } });
  try {
    for (let person = 0; person < 31; person += 1)
      await stack.agent().post("/api/otp/challenge").send({ email: stack.newAddress() }).expect(202);
  } finally {
    await stack.close();
  }
});
