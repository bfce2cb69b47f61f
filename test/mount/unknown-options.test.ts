/** A misspelt option is refused by name where it is written: a host in JavaScript has no compiler to tell of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nearestName, refuseUnknown } from "../../server/http/options/known-options.ts";
import {
  createAccountControls,
  createBearerSessions,
  createClientApiProxy,
  createCookieSessions,
  createExpressSessionPort,
  createJwtSessions,
  createKnownBrowserCookie,
  createMailer,
  createNotices,
  createPasskeysRouter,
  createReadiness,
  createSdkGateway,
  createStepUpGuard,
  createWebhookRouter,
  createWellKnown,
  migrateStorage,
  openStorage,
  openStorageLazily,
  type PasskeysOptions,
  type Storage,
  securityHeaders,
  sweepExpired,
} from "../../server/index.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let storage: Storage;
beforeAll(async () => {
  kit = await startEmulatorFor();
  storage = await kit.openStorage();
  storage.sessionStore.setMaxListeners(0);
});
afterAll(() => kit?.close());

const secret = "only the tests of this host know it";

function routerOptions(): PasskeysOptions {
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: false, now: kit.now });
  return commonOptions(kit, storage, sessions);
}

/** Nothing gets as far as the storage. */
async function no(): Promise<never> {
  throw new Error("The storage of this test keeps no notices.");
}

type Changes = Readonly<Record<string, unknown>>;

/** Each calls one function with options that it takes, changed as a host in JavaScript would. */
const callers: Readonly<Record<string, (changes: Changes) => unknown>> = {
  createPasskeysRouter: (changes) => createPasskeysRouter({ ...routerOptions(), ...changes }),
  createStepUpGuard: (changes) => createStepUpGuard({ ...routerOptions(), ...changes }),
  createAccountControls: (changes) => createAccountControls({ ...routerOptions(), ...changes }),
  createSdkGateway: (changes) => createSdkGateway({ ...kit.authsignal, ...changes }),
  createClientApiProxy: (changes) => {
    const { apiUrl, tenantId, allowEmulator } = kit.authsignal;
    const { limiter } = storage;
    return createClientApiProxy({
      apiUrl,
      tenantId,
      allowEmulator,
      origins: kit.origins,
      limiter,
      ...changes,
    });
  },
  createCookieSessions: (changes) => {
    const { sessionStore: store } = storage;
    return createCookieSessions({ store, secret, secure: false, now: kit.now, ...changes });
  },
  createBearerSessions: (changes) => createBearerSessions({ store: storage.sessionStore, ...changes }),
  createJwtSessions: (changes) => {
    const { sessionStore: store } = storage;
    return createJwtSessions({ verify: () => null, issue: () => ({}), store, ...changes });
  },
  createExpressSessionPort: (changes) =>
    createExpressSessionPort({ read: () => null, write: () => {}, ...changes }),
  createKnownBrowserCookie: (changes) =>
    createKnownBrowserCookie({ store: storage.knownBrowsers, secure: false, now: kit.now, ...changes }),
  createReadiness: (changes) => {
    const authsignal = createSdkGateway(kit.authsignal);
    return createReadiness({ storage, authsignal, log: console, ...changes });
  },
  securityHeaders: (changes) =>
    securityHeaders({ authsignalOrigin: "https://api.authsignal.com", https: true, ...changes }),
  createWellKnown: (changes) => createWellKnown({ ...changes }),
  openStorage: (changes) => openStorage({ file: ":memory:", now: kit.now, ...changes }),
  openStorageLazily: (changes) => openStorageLazily({ file: ":memory:", now: kit.now, ...changes }),
  migrateStorage: (changes) => migrateStorage({ file: ":memory:", ...changes }),
  sweepExpired: (changes) => sweepExpired(storage.traffic, kit.now(), { ...changes }),
  requireStepUp: (changes) => {
    const requireStepUp = createStepUpGuard({ ...routerOptions(), stepUpActions: ["transfer-funds"] });
    return requireStepUp("transfer-funds", undefined, { ...changes });
  },
  createMailer: (changes) => createMailer({ url: "smtp://localhost", from: "a@example.com", ...changes }),
  createNotices: (changes) => {
    const { limiter } = storage;
    const notices = { keep: no, claim: no, markSent: no, postpone: no, forget: no };
    return createNotices({ storage: { limiter, notices }, notify: async () => {}, ...changes });
  },
  createWebhookRouter: (changes) => createWebhookRouter({ ...routerOptions(), ...changes }),
  forgetUser: (changes) => createAccountControls(routerOptions()).forgetUser("u1", { ...changes }),
};

/** What the call has thrown, or rejected with. */
async function refusal(caller: string, changes: Changes): Promise<string> {
  try {
    await callers[caller]?.(changes);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  return "It was accepted.";
}

describe("An option that is not known", () => {
  test.each([
    ["createPasskeysRouter", "orgins", "origins"],
    ["createPasskeysRouter", "stepUpAction", "stepUpActions"],
    ["createPasskeysRouter", "emailcodes", "emailCodes"],
    ["createStepUpGuard", "grantSecond", "grantSeconds"],
    ["createAccountControls", "knownBrowser", "knownBrowsers"],
    ["createSdkGateway", "deadline", "deadlineMs"],
    ["createSdkGateway", "allowEmulators", "allowEmulator"],
    ["createClientApiProxy", "origin", "origins"],
    ["createCookieSessions", "idleSecond", "idleSeconds"],
    ["createCookieSessions", "cookiename", "cookieName"],
    ["createBearerSessions", "haeder", "header"],
    ["createJwtSessions", "isAmbeint", "isAmbient"],
    ["createExpressSessionPort", "keepAtSignin", "keepAtSignIn"],
    ["createKnownBrowserCookie", "secured", "secure"],
    ["createReadiness", "drainig", "draining"],
    ["securityHeaders", "http", "https"],
    ["createWellKnown", "relatedOrigin", "relatedOrigins"],
    ["openStorage", "tablPrefix", "tablePrefix"],
    ["openStorageLazily", "redisURL", "redisUrl"],
    ["migrateStorage", "shema", "schema"],
    ["sweepExpired", "auditRetentionDay", "auditRetentionDays"],
    ["requireStepUp", "ifEnroled", "ifEnrolled"],
    ["createMailer", "timezone", "timeZone"],
    ["createNotices", "links", "link"],
    ["createWebhookRouter", "notice", "notices"],
    ["forgetUser", "event", "events"],
  ])(
    "the option that is not known to %s, %s, is refused with the nearest, %s",
    async (caller, name, nearest) => {
      const message = await refusal(caller, { [name]: true });
      expect(message).toContain(`\`${name}\` is no option. Did you mean \`${nearest}\`? The options are `);
    },
  );

  test.each(Object.keys(callers))(
    "an option that is not known to %s and resembles none is refused with all that it knows",
    async (caller) => {
      const message = await refusal(caller, { zzzzzzzz: 1 });
      expect(message).toMatch(/: `zzzzzzzz` is no option\. The options are \w+(, \w+)*\.$/);
    },
  );

  test.each<[string, Changes, string]>([
    [
      "createPasskeysRouter",
      { browser: { tenantID: "t" } },
      "`browser.tenantID` is no option. Did you mean `tenantId`",
    ],
    [
      "createPasskeysRouter",
      { limits: { sendPerIp: {} } },
      "`limits.sendPerIp` is no option. Did you mean `sendsPerIp`",
    ],
    [
      "createPasskeysRouter",
      { limits: { sendsPerIp: { point: 1, seconds: 1 } } },
      "`limits.sendsPerIp.point` is no option. Did you mean `points`",
    ],
    ["createPasskeysRouter", { limits: 5 }, "`limits` must be an object with sendsPerIp, "],
    [
      "createClientApiProxy",
      { limit: { points: 1, second: 1 } },
      "`limit.second` is no option. Did you mean `seconds`",
    ],
    ["createWellKnown", { androidApps: [{ package: "a" }] }, "`androidApps.package` is no option."],
    ["createWellKnown", { passkeyEndpoints: { enrol: "" } }, "Did you mean `enroll`"],
  ])("within an option of %s, what is not known (%o) is refused", async (caller, changes, sentence) => {
    expect(await refusal(caller, changes)).toContain(sentence);
  });

  test.each(["createSdkGateway", "createCookieSessions", "openStorage", "createWellKnown"])(
    "%s called without options says which it takes, and reads none of a list",
    (caller) => {
      for (const options of [undefined, null, "options", ["a"]])
        expect(() => refuseUnknown(caller, options, { file: true, now: true })).toThrow(
          `${caller}: the options must be an object with file, now.`,
        );
    },
  );
});

describe("The nearest name", () => {
  test.each([
    ["tablPrefix", "tablePrefix"],
    ["TablePrefix", "tablePrefix"],
    ["tabelPrefix", "tablePrefix"],
    ["fil", "file"],
    ["x", null],
    ["somethingElse", null],
  ])("the nearest name to %s is %s", (name, nearest) => {
    expect(nearestName(name, ["file", "tablePrefix", "now"])).toBe(nearest);
  });
});
