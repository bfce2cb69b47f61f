/** Options that cannot work are refused where they are written, with what to write instead. */
import express from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSdkGateway } from "../../server/authsignal/sdk-gateway.ts";
import {
  createPasskeyGuard,
  createPasskeysRouter,
  createStepUpGuard,
  type PasskeysOptions,
} from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let storage: Storage;
beforeAll(async () => {
  kit = await startEmulatorFor();
  storage = await kit.openStorage();
  // Every express-session listens to its store, and these tests make one per row.
  storage.sessionStore.setMaxListeners(0);
});
afterAll(() => kit?.close());

const hostSecret = "only the tests of this host know it";

function newSessions() {
  return createCookieSessions({
    store: storage.sessionStore,
    secret: hostSecret,
    secure: false,
    now: kit.now,
  });
}

/** As a host written in JavaScript, or past the compiler, would call it. */
function create(changes: Record<string, unknown>): express.Router {
  const options: PasskeysOptions = commonOptions(kit, storage, newSessions());
  return createPasskeysRouter({ ...options, ...changes });
}

describe("cookie sessions are refused at creation", () => {
  test.each<[string, unknown]>([
    ["no secret", undefined],
    ["an empty secret", ""],
    ["a short secret", "keyboard cat"],
    ["no secret in a list", []],
    ["a short secret among several", ["only the tests of this host know it", "keyboard cat"]],
  ])("createCookieSessions refuses %s and does not repeat it", (_, secret) => {
    const options = { store: storage.sessionStore, secret: hostSecret, secure: false, now: kit.now };
    const creating = () => createCookieSessions({ ...options, ...Object.fromEntries([["secret", secret]]) });
    expect(creating).toThrow("createCookieSessions: `secret` must be at least 32 characters");
    expect(creating).not.toThrow("keyboard cat");
  });
});

describe("`afterCode: limited` is refused at creation", () => {
  test("over sessions that do not say that they carry it", () => {
    const sessions = { ...newSessions(), carriesAssurance: undefined };
    expect(() => create({ afterCode: "limited", sessions })).toThrow(
      '`afterCode` must be "full" with this `sessions` port',
    );
  });

  test("over a storage that keeps no recoveries", () => {
    const flows = { ...storage.flows, cancelRecovery: undefined };
    expect(() => create({ afterCode: "limited", storage: { ...storage, flows } })).toThrow(
      '`afterCode` must be "full" with this `storage`',
    );
  });

  test("where it is not set, by the guard that would have no effect", () => {
    const options: PasskeysOptions = commonOptions(kit, storage, newSessions());
    expect(() => createPasskeyGuard(options)).toThrow('createPasskeyGuard: without `afterCode: "limited"`');
  });
});

describe("`users.changeEmail` is refused at creation", () => {
  const users = {
    findById: async () => null,
    findOrCreateByEmail: async () => null,
    changeEmail: async () => true,
  };

  test("where it is no function", () => {
    const options = { users: { ...users, changeEmail: true } };
    expect(() => Reflect.apply(create, undefined, [options])).toThrow("`users.changeEmail` must be left out");
  });

  test("over a storage that keeps no changes of address", () => {
    const flows = { ...storage.flows, formerOwner: undefined };
    expect(() => create({ users, storage: { ...storage, flows } })).toThrow(
      "`users.changeEmail` must be left out with this `storage`",
    );
  });

  test("over a gateway that cannot tell Authsignal of it", () => {
    const authsignal = { ...commonOptions(kit, storage, newSessions()).authsignal, updateEmail: undefined };
    expect(() => Reflect.apply(create, undefined, [{ users, authsignal }])).toThrow(
      "`users.changeEmail` must be left out with this `authsignal`",
    );
  });
});

describe("refuses at creation", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["no Authsignal", { authsignal: undefined }, "`authsignal` must be createSdkGateway("],
    ["an unknown `afterCode`", { afterCode: "none" }, '`afterCode` must be "full" or "limited"'],
    ["a waiting time for nothing", { recoveryWaitingTime: 60 }, "`recoveryWaitingTime` must be left out"],
    [
      "a waiting time of no length",
      { afterCode: "limited", recoveryWaitingTime: 0 },
      "`recoveryWaitingTime` must be a whole number of seconds above 0",
    ],
    [
      "`emailStepUp` beside limited codes",
      { afterCode: "limited", emailStepUp: false },
      "`emailStepUp` must be left out",
    ],
    [
      "limited codes without codes",
      { afterCode: "limited", emailCodes: false },
      "`afterCode` must be left out with `emailCodes: false`",
    ],
    [
      "half an Authsignal",
      { authsignal: { validate: () => null } },
      "`authsignal` must be createSdkGateway(",
    ],
    ["no users", { users: undefined }, "`users` must be an object with findById and findOrCreateByEmail"],
    ["users of another type", { users: "users" }, "`users` must be an object with findById"],
    [
      "a host without sessions",
      { sessions: undefined },
      "`sessions` must be createCookieSessions(…), createBearer",
    ],
    ["middleware for sessions", { sessions: () => {} }, "`sessions` must be createCookieSessions("],
    [
      "no storage",
      { storage: undefined },
      "`storage` must be what `await openStorage({ file })` resolves with",
    ],
    ["storage that was not awaited", { storage: Promise.resolve() }, "did you forget the `await`?"],
    ["no browser", { browser: undefined }, "`browser` must be { tenantId, baseUrl, rpId }, all strings"],
    ["no origins", { origins: [] }, '`origins` must be a list such as ["https://app.example.com"]'],
    ["origins that are no list", { origins: "https://app.example.com" }, "`origins` must be a list such as"],
    [
      "an origin with a path",
      { origins: ["https://app.example.com/login"] },
      'write "https://app.example.com", not "https://app.example.com/login"',
    ],
    ["an origin with a slash", { origins: ["https://a.example.com/"] }, 'write "https://a.example.com", not'],
    ["an origin without a scheme", { origins: ["app.example.com"] }, "scheme, host and port, such as"],
    [
      "an origin that is an IP",
      { origins: ["http://127.0.0.1:3000"] },
      'Locally write "http://localhost:3000"',
    ],
    ["an origin without https", { origins: ["http://a.example.com"] }, '"https://a.example.com", not "http:'],
    ["step-up actions of our own", { stepUpActions: ["enroll-passkey"] }, "another code than"],
    ["step-up actions that are no codes", { stepUpActions: ["transfer funds"] }, "1 to 64 letters"],
    ["a lifetime of nothing", { freshSeconds: 0 }, "`freshSeconds` must be a whole number above 0"],
    ["a lifetime in words", { grantSeconds: "2 min" }, "`grantSeconds` must be a whole number above 0"],
    ["a method for a list of them", { reauthenticationMethods: "password" }, "a list of your own methods"],
    ["a method in capitals", { reauthenticationMethods: ["Password"] }, "`reauthenticationMethods` must be"],
    ["the code among a host's methods", { reauthenticationMethods: ["email-otp"] }, "`emailStepUp` governs"],
    ["a switch in words", { emailCodes: "no" }, "`emailCodes` must be true or false"],
    [
      "codes that are off and refresh sessions",
      { emailCodes: false, emailStepUp: true },
      "`emailStepUp` must be left out with `emailCodes: false`",
    ],
    [
      "codes that are off and limited",
      { emailCodes: false, limits: { sendsPerIp: { points: 1, seconds: 1 } } },
      "`limits.sendsPerIp` must be left out with `emailCodes: false`",
    ],
    [
      "no users beside codes that are off",
      { emailCodes: false, users: {} },
      "`users` must be an object with findById.",
    ],
    ["a clock that is a number", { now: 12 }, "`now` must be a function"],
    ["a log for a function", { onEvent: {} }, "`onEvent` must be a function"],
  ])("createPasskeysRouter refuses %s with a sentence", (_, changes, sentence) => {
    expect(() => create(changes)).toThrow(sentence);
    expect(() => create(changes)).toThrow(TypeError);
  });

  test.each([
    ["an IP address", "192.0.2.1", 'a domain such as "app.example.com", not the IP address "192.0.2.1"'],
    ["a public suffix", "com", 'not the public suffix "com", which browsers refuse'],
    ["a private suffix", "github.io", 'not the public suffix "github.io"'],
    [
      "a foreign domain",
      "example.org",
      '"app.example.com" or a parent domain of it: "example.org" does not fit',
    ],
    ["a sub-domain of the origin", "x.app.example.com", "does not fit your origins"],
    ["an origin", "https://app.example.com", 'a bare domain in lower case such as "app.example.com"'],
    ["a host with a port", "example.com:443", "a bare domain in lower case"],
    ["capitals", "Example.com", "a bare domain in lower case"],
  ])("createPasskeysRouter refuses an RP ID that is %s", (_, rpId, sentence) => {
    const changes = { origins: ["https://app.example.com"], browser: { ...kit.browser, rpId } };
    expect(() => create(changes)).toThrow(`\`browser.rpId\` must be`);
    expect(() => create(changes)).toThrow(sentence);
  });

  test.each([
    ["a base without /v1", "https://api.authsignal.com", 'it ends in "/v1"'],
    ["a base that is no URL", "api.authsignal.com/v1", "this is not a URL"],
  ])("createPasskeysRouter refuses %s for browser.baseUrl", (_, baseUrl, sentence) => {
    expect(() => create({ browser: { ...kit.browser, baseUrl } })).toThrow(sentence);
  });

  test("createPasskeysRouter refuses to be called without options", () => {
    expect(() => Reflect.apply(createPasskeysRouter, null, [])).toThrow(
      "pass { authsignal, users, sessions,",
    );
  });

  test("a step-up guard for an action that the router does not know is refused", () => {
    const options = commonOptions(kit, storage, newSessions());
    expect(() => createStepUpGuard(options)("delete-account")).toThrow('add "delete-account" to the router');
  });
});

test("createPasskeysRouter accepts a parent domain as RP ID, and several origins of which one fits it", () => {
  const browser = { ...kit.browser, rpId: "example.com" };
  const origins = ["https://app.example.com", "https://app.example.net"];
  expect(create({ browser, origins })).toBeTypeOf("function");
});

test("the SDK gateway refuses what is no secret or no region", () => {
  expect(() => createSdkGateway({ apiSecretKey: "", apiUrl: kit.authsignal.apiUrl })).toThrow("apiSecretKey");
  expect(() => createSdkGateway({ apiSecretKey: "x", apiUrl: "api.authsignal.com" })).toThrow("apiUrl");
});

describe("says at the first request", () => {
  async function messageOf(mount: (app: express.Express) => void): Promise<unknown> {
    const app = express();
    mount(app);
    const failed: unknown[] = [];
    const remember: express.ErrorRequestHandler = (error, _req, res, _next) => {
      failed.push(error);
      res.status(500).end();
    };
    app.use(remember);
    await request(app).post("/otp/challenge").send({ email: kit.newAddress() }).expect(500);
    const [error] = failed;
    return error instanceof Error ? error.message : error;
  }

  test("the first request says that the session middleware was not mounted", async () => {
    const message = await messageOf((app) => app.use(create({})));
    expect(message).toContain("Mount `sessions.middleware` before the passkeys router");
  });

  test("the first request says that the host read the body as text", async () => {
    const message = await messageOf((app) => {
      const sessions = newSessions();
      app.use(express.text({ type: "*/*" }), sessions.middleware, create({ sessions }));
    });
    expect(message).toContain("mount the router before express.text()");
  });
});
