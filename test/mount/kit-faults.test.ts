/** The kit's faults and clock reach a host's own app. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { startExpress4Host } from "./express4-host.ts";
import type { Host } from "./host.ts";

let kit: EmulatorFor;
let host: Host;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  host = await startExpress4Host(kit);
});
afterAll(() => kit?.close());

test("an outage of Authsignal is a 503 of the app's", async () => {
  kit.emulator.addFault({ path: "/v1/challenge", status: 500 });
  const refused = await host.agent().post("/auth/otp/challenge").send({ email: kit.newAddress() });
  expect(refused.status).toBe(503);
});

test("eleven minutes later a code is too old", async () => {
  const agent = host.agent();
  const email = kit.newAddress();
  await agent.post("/auth/otp/challenge").send({ email }).expect(202);
  kit.advance(11 * 60 * 1000);
  const refused = await agent.post("/auth/otp/verify").send({ code: await kit.readCode(email) });
  expect(refused.body.code).toBe("otp_expired");
});

test("a flow that cannot go on says which request failed, and how", async () => {
  await expect(kit.enrollPasskey(host.agent(), createSoftAuthenticator())).rejects.toThrow(
    /^POST \/auth\/enroll-token answered 401: .*not_authenticated/,
  );
});
