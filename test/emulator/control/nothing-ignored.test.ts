/** What the emulator does not know, it refuses by name: a misspelt member would otherwise make a test pass for nothing. */
import { afterEach, describe, expect, test } from "vitest";
import { startEmulator, type TenantOptions } from "../../../server/emulator/index.ts";
import {
  controlOf,
  newUserId,
  runEmulator,
  secret,
  secretAuthorization,
  send,
  testTenant,
} from "../running-emulator.ts";

const running = runEmulator();
afterEach(() => running.emulator.reset());
const control = controlOf(running);

describe("the control plane", () => {
  test.each([
    ["POST", "/reset", { tenant: "x" }, ['"tenant"', "Known: tenantId, userId"]],
    ["POST", "/seed", { user: [] }, ['"user"', "Known: users, actions, fixedCodes, tenantId"]],
    ["POST", "/seed", { users: [{ userId: "u", mail: "x" }] }, ['"mail" of users[0]', "email"]],
    [
      "POST",
      "/seed",
      { users: [{ userId: "u", passkeys: [{ nam: "x" }] }] },
      ['"nam" of users[0].passkeys[0]'],
    ],
    ["POST", "/seed", { users: [{ userId: "u" }, {}] }, ["users[1].userId is required"]],
    ["POST", "/seed", { actions: [{ code: "pay" }] }, ['"code" of actions[0]', "actionCode"]],
    ["PUT", "/fixed-codes", { to: "a@example.com", code: "123456", until: "x" }, ['"until"', "validUntil"]],
    ["PUT", "/clock", { forward: 10 }, ['"forward"', "Known: freeze, set, advance, resume"]],
    ["PUT", "/clock", {}, ["Write one of freeze, set, advance, resume"]],
    ["PUT", "/clock", { freeze: true, advance: 5 }, ["there are 2"]],
    ["PUT", "/clock", { freeze: false }, ["freeze must be true"]],
    ["PUT", "/state", { version: 1, tenant: {} }, ['"tenant"', "version, tenants"]],
    ["POST", "/faults", {}, ["needs an effect: latency, status, drop or malformed"]],
    ["POST", "/faults", { delay: 500 }, ['"delay"', "latency"]],
    ["POST", "/faults", { status: 500, tenantID: "w1" }, ['"tenantID"']],
    ["POST", "/faults", { path: "/validate", status: 500 }, ["path must begin with /v1/"]],
    ["POST", "/faults", { status: 500, drop: "after" }, ["one effect besides latency"]],
    ["POST", "/faults", { latency: 5, errorCode: "x" }, ["errorCode", "needs status"]],
    [
      "POST",
      "/tenants",
      { tenantId: "t", secrets: ["s"], rpId: "localhost", origins: [] },
      ['"origins"', "expectedOrigins"],
    ],
    ["GET", "/messages?email=a@example.com", undefined, ['"email"', "Known: to, after, tenantId, wait"]],
    ["GET", "/messages?to=a@example.com&to=b@example.com", undefined, ["to is given twice"]],
    ["GET", "/messages?wait=soon", undefined, ["wait must be a number"]],
    ["DELETE", "/messages?address=a@example.com", undefined, ['"address"']],
    ["GET", "/journal?user=u", undefined, ['"user"', "userId"]],
    ["GET", "/journal?refused=yes", undefined, ["refused must be true or false"]],
    ["GET", "/health?verbose=1", undefined, ['"verbose"', "There are none"]],
    ["DELETE", "/faults", { faultId: "f" }, ['"faultId"', "There are none"]],
  ])("%s %s refuses %j by name", async (method, path, body, sentences) => {
    const answer = await control(path, method, body);
    expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    for (const sentence of sentences) expect(answer.body.errorDescription).toContain(sentence);
  });

  test("a refused reset empties no tenant", async () => {
    const userId = newUserId();
    await running.authsignal.updateUser({ userId, attributes: { email: "kept@example.com" } });
    expect((await control("/reset", "POST", { tenant: "x" })).status).toBe(400);
    expect(await running.authsignal.getUser({ userId })).toMatchObject({ email: "kept@example.com" });
  });

  test.each([
    ["PATCH", "/reset", "POST"],
    ["POST", "/clock", "GET, PUT"],
    ["GET", "/fixed-codes", "PUT"],
  ])("%s /emulator%s answers 405 and allows %s", async (method, path, allowed) => {
    const answer = await control(path, method);
    expect(answer).toMatchObject({ status: 405, body: { errorCode: "method_not_allowed" } });
    expect(answer.headers.get("allow")).toBe(allowed);
  });
});

describe("in JavaScript", () => {
  // As a caller without types would write it.
  const untyped = <T>(value: object): T => value as T;

  test.each([
    ["an option of the emulator", { prot: 3001 }, '"prot" is not known. Known: port'],
    ["an option of the wrong type", { port: "3001" }, "port must be a whole number"],
    [
      "a mail server that is not a URL",
      { smtp: "nonsense" },
      "smtp must be a URL such as smtp://localhost:1025",
    ],
    ["a callback that is none", { onMessage: "print" }, "onMessage must be a function"],
    ["a clock that is none", { now: 5 }, "now must be a function"],
    ["no tenant", { tenants: [] }, "tenants must have at least 1 element"],
    [
      "an option of a tenant",
      { tenants: [{ ...testTenant(), expectedOrigin: "x" }] },
      '"expectedOrigin" of tenant',
    ],
    [
      "a tenant without origins",
      { tenants: [untyped({ tenantId: "t", secrets: ["s"], rpId: "localhost" })] },
      "expectedOrigins is required",
    ],
    [
      "an action's setting",
      { tenants: [testTenant({ actions: { pay: untyped({ outcom: "BLOCK" }) } })] },
      '"outcom" of tenant',
    ],
    [
      "an outcome",
      { tenants: [testTenant({ defaultOutcome: untyped<"ALLOW">(Object("DENY")) })] },
      "must be one of ALLOW",
    ],
    [
      "a webhook's URL",
      { tenants: [testTenant({ webhook: { url: "nonsense" } })] },
      "webhook.url must be a URL",
    ],
    [
      "a receiver of an event that has its place in an action",
      {
        tenants: [
          testTenant({ webhook: { url: "http://localhost:1/", urls: untyped({ "action.verify": "x" }) } }),
        ],
      },
      '"action.verify" of tenant',
    ],
  ])("startEmulator refuses %s", async (_what, options, sentence) => {
    await expect(startEmulator(untyped(options))).rejects.toThrow(sentence);
  });

  test.each([
    [() => running.emulator.reset(untyped({ tenant: "x" })), '"tenant" is not known'],
    [() => running.emulator.messages(untyped({ email: "x" })), '"email" is not known'],
    [() => running.emulator.journal(untyped({ user: "x" })), '"user" is not known'],
    [() => running.emulator.addFault(untyped({ latncy: 5 })), '"latncy" is not known'],
    [() => running.emulator.seed(untyped({ user: [] })), '"user" is not known'],
    [() => running.emulator.reset(untyped(["worker-2"])), "must be an object. Known members: tenantId"],
    [() => running.emulator.seed(untyped([])), "must be an object. Known members: users"],
    [() => running.emulator.importState(untyped([])), "must be an object. Known members: version"],
    [() => running.emulator.clock.advance(untyped<number>(["60000"])), "advance takes milliseconds"],
    [() => running.emulator.clock.set(untyped<number>(["2030"])), "milliseconds since 1970"],
    [() => running.emulator.fixCode(untyped({ address: "x", code: "123456" })), '"address" is not known'],
    [
      () => running.emulator.addTenant(untyped<TenantOptions>({ ...testTenant(), rpID: "x" })),
      '"rpID" of tenant',
    ],
  ])("a method of the emulator refuses an unknown member: %s", (call, sentence) => {
    expect(call).toThrow(sentence);
  });
});

describe("the API", () => {
  const track = (body: object) =>
    send(`${running.emulator.apiUrl}/users/u/actions/pay`, {
      method: "POST",
      headers: { authorization: secretAuthorization(secret) },
      body: JSON.stringify(body),
    });

  test("an unknown member of a request is ignored, as the service does, and named in the journal", async () => {
    expect((await track({ redirectURL: "http://localhost" })).status).toBe(200);
    expect(running.emulator.journal({ operation: "track-action" })[0]?.notes[0]).toMatch(
      /"redirectURL" is not a member of the body: track-action takes .*redirectUrl/,
    );
  });

  test.each(["crypto", "customDomain", "securePaymentConfirmation", "paymentInstrument"])(
    "%s, which the service has and the emulator does not act on, is accepted and named in the journal",
    async (member) => {
      expect((await track({ [member]: {} })).status).toBe(200);
      expect(running.emulator.journal({ operation: "track-action" })[0]?.notes).toContain(
        `${member} has no effect in the emulator`,
      );
    },
  );

  test("custom data of a challenge, which no rule sees, is named in the journal", async () => {
    const { emulator } = running;
    await send(`${emulator.apiUrl}/challenge`, {
      method: "POST",
      headers: { authorization: secretAuthorization(secret) },
      body: JSON.stringify({
        verificationMethod: "EMAIL_OTP",
        action: "a",
        email: "c@example.com",
        custom: {},
      }),
    });
    expect(emulator.journal({ operation: "initiate-challenge" })[0]).toMatchObject({
      status: 200,
      notes: ["custom has no effect in the emulator"],
    });
  });

  test("a tenant can refuse unknown members of requests", async () => {
    const emulator = await startEmulator({ tenants: [testTenant({ unknownMembers: "refuse" })] });
    const answer = await send(`${emulator.apiUrl}/validate`, {
      method: "POST",
      headers: { authorization: secretAuthorization(secret) },
      body: JSON.stringify({ token: "t", user_id: "u" }),
    });
    await emulator.close();
    expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    expect(answer.body.errorDescription).toContain('"user_id"');
  });

  test("a wrong method answers 405 and allows the right ones", async () => {
    const answer = await send(`${running.emulator.apiUrl}/users/u`, {
      method: "PUT",
      headers: { authorization: secretAuthorization(secret) },
    });
    expect(answer).toMatchObject({ status: 405, body: { error: "method_not_allowed" } });
    expect(answer.headers.get("allow")).toBe("POST, GET, PATCH, DELETE");
  });
});
