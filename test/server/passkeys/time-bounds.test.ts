/** Every time limit of the flows, a millisecond before it and at it. The system's clock stands still meanwhile. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { actions } from "../../../shared/actions.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { isToldToForget } from "../../kit/stored-sessions.ts";
import { type Lab, startLab } from "../lab.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const close = "close-account";

let lab: Lab;
beforeEach(async () => {
  // Only the date: timers and the network go on.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  lab = await startLab({
    host: {
      options: { stepUpActions: [close], grantSeconds: 120 },
      routes: (app, requireStepUp) =>
        app.post("/close", requireStepUp(close), (_req, res) => void res.json({})),
    },
    tenant: { limits: "off", tokenDurationInMinutes: 60 },
  });
});
afterEach(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
  vi.useRealTimers();
});

const isSignedIn = async (agent: Agent) =>
  (await agent.get(api("getSession")).expect(200)).body.user !== null;

test("a sign-in is fresh enough to delete a passkey for ten minutes, and not at their end", async () => {
  const { agent } = await lab.person("passkey");
  const [passkey] = (await agent.get(api("listPasskeys")).expect(200)).body;
  lab.advance(10 * minute);
  const refused = await agent.delete(`/api/passkeys/${passkey.id}`).expect(403);
  expect(refused.body.code).toBe("step_up_required");
  lab.advance(-1);
  await agent.delete(`/api/passkeys/${passkey.id}`).expect(204);
});

test("a network at which a code was completed stays known for 30 days after the latest one, not the first", async () => {
  const email = lab.newAddress();
  const home = "203.0.113.77";
  await lab.signInWithOtp(lab.agent(home), email);
  lab.advance(29 * day);
  await lab.signInWithOtp(lab.agent(home), email);
  lab.advance(29 * day);
  // Strangers use up their share of the codes to this address.
  for (let stranger = 0; stranger < 20; stranger += 1)
    await lab.agent().post(api("challengeOtp")).send({ email }).expect(202);
  const before = lab.emulator.messages({ to: email }).length;
  await lab.agent(home).post(api("challengeOtp")).send({ email }).expect(202);
  expect(lab.emulator.messages({ to: email })).toHaveLength(before + 1);
});

test("a confirmed action may be done for as long as the host says, and not at the end of that", async () => {
  const person = await lab.person("passkey");
  await lab.proveAgain(person, { action: close });
  lab.advance(120_000);
  await person.agent.post("/close").expect(403);
  lab.advance(-1);
  await person.agent.post("/close").expect(200);
});

test("a step-up that was begun is finished within half an hour, and not at its end", async () => {
  const person = await lab.person("passkey");
  const [early, late] = [
    await lab.stepUpToken(person, { action: close }),
    await lab.stepUpToken(person, { action: close }),
  ];
  const finish = (token: string) => person.agent.post(api("validate")).send({ token, action: close });
  lab.advance(15 * minute);
  expect(await isSignedIn(person.agent)).toBe(true);
  lab.advance(15 * minute - 1);
  await finish(early).expect(200);
  lab.advance(1);
  expect((await finish(late).expect(401)).body.code).toBe("token_mismatch");
});

describe("a session", () => {
  test("ends at 30 minutes without a request, not a millisecond before", async () => {
    const { agent } = await lab.person();
    // Redis goes by a clock of its own.
    if (await isToldToForget(lab.storage, 30 * 60)) return;
    lab.advance(30 * minute - 1);
    expect(await isSignedIn(agent)).toBe(true);
    lab.advance(30 * minute);
    expect(await isSignedIn(agent)).toBe(false);
  });

  test("ends 12 hours after the sign-in however busy, not a millisecond before", async () => {
    const { agent } = await lab.person();
    for (let quarter = 1; quarter < 48; quarter += 1) {
      lab.advance(15 * minute);
      expect(await isSignedIn(agent)).toBe(true);
    }
    lab.advance(15 * minute - 1);
    expect(await isSignedIn(agent)).toBe(true);
    lab.advance(1);
    expect(await isSignedIn(agent)).toBe(false);
  });
});

test('"not now" keeps the offer away for 14 days, and lets it come back at their end', async () => {
  const email = lab.newAddress();
  const signIn = async () => {
    const agent = lab.agent();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    const { body } = await agent.post(api("verifyOtp")).send({ code }).expect(200);
    return { agent, offered: body.offerPasskey };
  };
  const { agent } = await signIn();
  await agent.put(api("answerPasskeyOffer")).send({ answer: "not-now" }).expect(204);
  lab.advance(14 * day - 1);
  expect((await signIn()).offered).toBe(false);
  lab.advance(1);
  expect((await signIn()).offered).toBe(true);
});

test.each([
  ["nine minutes", 9 * minute],
  ["an hour less a second, where the tenant's tokens live an hour", hour - 1000],
])("a result token that was used is refused after %s and a sweep", async (_, later) => {
  const { authenticator } = await lab.person("passkey");
  const token = await lab.signInToken(authenticator);
  const bring = () => lab.agent().post(api("validate")).send({ token, action: actions.signInWithPasskey });
  await bring().expect(200);
  lab.advance(later);
  await sweepExpired(lab.storage.traffic, new Date(Date.now() + later));
  expect((await bring().expect(401)).body.code).toBe("token_already_used");
});
