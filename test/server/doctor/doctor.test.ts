/** Causes every message of the doctor by its fault, at a running emulator. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSdkGateway } from "../../../server/authsignal/sdk-gateway.ts";
import type { Environment } from "../../../server/config/config.ts";
import type { CheckResult } from "../../../server/doctor/check-result.ts";
import { reasonOf } from "../../../server/doctor/http-request.ts";
import { report } from "../../../server/doctor/report.ts";
import { type CheckOptions, runChecks } from "../../../server/doctor/run-checks.ts";
import { type Emulator, startEmulator } from "../../../server/emulator/index.ts";
import { withServer } from "../../kit/listen.ts";
import { type Stack, startStack } from "../../kit/start-stack.ts";

const tenantId = randomUUID();
const otherTenantId = randomUUID();
const apiSecretKey = `key-${randomUUID()}`;
const otherKey = `key-${randomUUID()}`;
const rpId = "localhost";
/** In the app's place: cuts every connection, so that no test depends on what listens on this machine. */
const noApp = createServer().on("connection", (socket) => socket.destroy());
await new Promise<void>((resolve) => noApp.listen(0, "127.0.0.1", resolve));
const { port } = noApp.address() as AddressInfo;
const expectedOrigin = `http://localhost:${port}`;
const otherOrigin = `http://other.localhost:${port}`;

let emulator: Emulator;
let otherRegion: Emulator;
const tenant = (id: string, secret: string) => ({
  tenantId: id,
  secrets: [secret],
  rpId,
  expectedOrigins: [expectedOrigin],
});

beforeAll(async () => {
  const verificationMethods = ["PASSKEY"] as const;
  const actions = {
    "enroll-passkey": { verificationMethods },
    "manage-passkeys": { verificationMethods },
    "transfer-funds": { verificationMethods },
  };
  const first = { ...tenant(tenantId, apiSecretKey), actions, userVerification: "required" } as const;
  const second = tenant(otherTenantId, otherKey);
  emulator = await startEmulator({ tenants: [first, second] });
  otherRegion = await startEmulator({
    tenants: [tenant("11111111-1111-4111-8111-111111111111", "elsewhere")],
  });
});
afterAll(async () => {
  await emulator?.close();
  await otherRegion?.close();
  await new Promise((resolve) => noApp.close(resolve));
});

/** A correct configuration with these changes. */
function environment(changes: Environment = {}): Environment {
  return {
    AUTHSIGNAL_TENANT_ID: tenantId,
    AUTHSIGNAL_API_SECRET_KEY: apiSecretKey,
    AUTHSIGNAL_API_URL: emulator.apiUrl,
    ORIGIN: expectedOrigin,
    RP_ID: rpId,
    ...changes,
  };
}

function diagnose(env: Environment, options: CheckOptions = {}): Promise<readonly CheckResult[]> {
  return runChecks(env, {
    isEmulated: true,
    isProductionEntry: true,
    otherRegions: [otherRegion.apiUrl],
    ...options,
  });
}

function wrong(results: readonly CheckResult[]): string {
  const lines = results
    .filter(({ status }) => status === "failed")
    .map((one) => `${one.message} ${one.remedy ?? ""}`);
  return lines.join("\n");
}

test("The doctor passes a correct configuration and deletes its trial users", async () => {
  const results = await diagnose(environment());
  expect(wrong(results)).toBe("");
  expect(results.map(({ message }) => message)).toEqual([
    "The configuration is complete.",
    `Authsignal answers at ${emulator.apiUrl}.`,
    "This machine's clock is right.",
    "AUTHSIGNAL_TENANT_ID is known there.",
    "AUTHSIGNAL_API_SECRET_KEY is accepted.",
    "The relying party ID is localhost, here and in the portal.",
    `Passkeys made at ${expectedOrigin} are accepted.`,
    "The tenant refuses a passkey that did not verify its user by a PIN or biometrics.",
    "The actions enroll-passkey, manage-passkeys permit a passkey and nothing else.",
    "Cookies fit http on this machine.",
    `The app cannot be reached at ORIGIN ${expectedOrigin}: the connection was closed.`,
  ]);
  expect(keptBy(emulator)).not.toContain("doctor-");
});

describe("the doctor at a wrong configuration", () => {
  test.each<[string, Environment, string]>([
    [
      "a missing tenant id",
      { AUTHSIGNAL_TENANT_ID: "" },
      "AUTHSIGNAL_TENANT_ID is missing: copy it from the Authsignal portal",
    ],
    ["a missing secret", { AUTHSIGNAL_API_SECRET_KEY: "" }, "AUTHSIGNAL_API_SECRET_KEY is missing"],
    [
      "an RP ID that does not fit the origin",
      { RP_ID: "example.com" },
      'RP_ID must be "localhost" or a parent domain of it: "example.com" does not fit',
    ],
    ["an origin with a path", { ORIGIN: `${expectedOrigin}/app` }, `write "${expectedOrigin}"`],
  ])("The doctor names the fault of %s", async (_, changes, sentence) => {
    expect(wrong(await diagnose(environment(changes)))).toContain(sentence);
  });

  test("The doctor refuses an emulator's address in a production configuration", async () => {
    const results = await diagnose(environment(), { isEmulated: false });
    expect(wrong(results)).toContain("this one points to this machine, so to an emulator");
  });

  test.each<[string, () => Environment, string]>([
    [
      "tenant id and secret",
      () => ({ AUTHSIGNAL_TENANT_ID: apiSecretKey, AUTHSIGNAL_API_SECRET_KEY: tenantId }),
      "The values of AUTHSIGNAL_TENANT_ID and AUTHSIGNAL_API_SECRET_KEY are swapped.",
    ],
    [
      "tenant id and URL",
      () => ({ AUTHSIGNAL_TENANT_ID: emulator.apiUrl, AUTHSIGNAL_API_URL: tenantId }),
      "The values of AUTHSIGNAL_TENANT_ID and AUTHSIGNAL_API_URL are swapped.",
    ],
    [
      "secret and URL",
      () => ({ AUTHSIGNAL_API_SECRET_KEY: emulator.apiUrl, AUTHSIGNAL_API_URL: apiSecretKey }),
      "The values of AUTHSIGNAL_API_SECRET_KEY and AUTHSIGNAL_API_URL are swapped.",
    ],
  ])("The doctor reports swapped values of %s and sends neither of them", async (_, changes, sentence) => {
    emulator.clearJournal();
    expect(wrong(await diagnose(environment(changes())))).toContain(sentence);
    expect(emulator.journal()).toEqual([]);
  });
});

describe("the doctor's connection to Authsignal", () => {
  test("The doctor reports an API URL on which nothing listens", async () => {
    const gone = await withServer(
      (_req, res) => res.end(),
      async (url) => `${url}/v1`,
    );
    const results = await diagnose(environment({ AUTHSIGNAL_API_URL: gone }));
    expect(wrong(results)).toContain(
      `AUTHSIGNAL_API_URL ${gone} cannot be reached: nothing listens on that port.`,
    );
  });

  test("The doctor reports an API URL that closes every connection", async () => {
    await withServer(
      (req) => req.socket.destroy(),
      async (url) => {
        const results = await diagnose(environment({ AUTHSIGNAL_API_URL: `${url}/v1` }));
        expect(wrong(results)).toContain("cannot be reached: the connection was closed.");
      },
    );
  });

  test.each([
    ["a self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT", "its certificate is not trusted (DEPTH_"],
    [
      "a certificate for another name",
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "its certificate is not trusted (ERR_TLS",
    ],
    ["a host name that does not exist", "ENOTFOUND", "the host name does not exist"],
    ["a failed DNS lookup", "EAI_AGAIN", "the DNS lookup failed"],
    ["a reset connection", "ECONNRESET", "the connection was closed"],
    ["a connection that times out", "ETIMEDOUT", "the connection timed out"],
    ["any other error of the connection", "EHOSTUNREACH", "no connection EHOSTUNREACH"],
  ])("The doctor names the reason of a failed connection: %s", (_, code, sentence) => {
    const cause = Object.assign(new Error("that"), { code });
    expect(reasonOf(new TypeError("fetch failed", { cause }))).toContain(sentence);
  });

  test("The doctor says how long it waited for an answer", () => {
    const late = new DOMException("The operation was aborted due to timeout", "TimeoutError");
    expect(reasonOf(late)).toBe("no answer within 10 seconds");
  });

  test("The doctor reports an API URL at which another server answers", async () => {
    await withServer(
      (_req, res) => res.end("<h1>It works!</h1>"),
      async (url) => {
        const results = await diagnose(environment({ AUTHSIGNAL_API_URL: `${url}/v1` }));
        expect(wrong(results)).toContain("answers 200, but not as Authsignal's API does.");
        const text = JSON.stringify(results);
        expect(text).not.toContain("Authsignal answers at");
        expect(text).not.toContain("status.authsignal.com");
      },
    );
  });

  test.each([
    ["ahead", 90, "seconds ahead: codes and tokens would expire too early."],
    ["behind", -3600, "seconds behind: codes and tokens would expire too late."],
  ])("The doctor reports a clock that is %s", async (_, seconds, sentence) => {
    const now = () => new Date(Date.now() + seconds * 1000);
    expect(wrong(await diagnose(environment(), { now }))).toContain(sentence);
  });

  test("The doctor says when it could not compare the clock", async () => {
    await withServer(
      (_req, res) => {
        res.sendDate = false;
        res.end(JSON.stringify({ challengeId: "c" }));
      },
      async (url) => {
        const results = await diagnose(environment({ AUTHSIGNAL_API_URL: `${url}/v1` }));
        expect(results.map(({ message }) => message)).toContain(
          "Authsignal's answers have no Date header; the clock was not compared.",
        );
      },
    );
  });
});

describe("the doctor at tenant, secret and region", () => {
  test("The doctor reports a tenant id that no region knows", async () => {
    const results = await diagnose(environment({ AUTHSIGNAL_TENANT_ID: randomUUID() }));
    expect(wrong(results)).toContain(
      `AUTHSIGNAL_TENANT_ID is unknown at ${emulator.apiUrl}, and in every other`,
    );
  });

  test("The doctor with --emulator asks no region of Authsignal's", async () => {
    const env = environment({ AUTHSIGNAL_TENANT_ID: randomUUID() });
    const results = await runChecks(env, { isEmulated: true });
    expect(wrong(results)).toContain(`AUTHSIGNAL_TENANT_ID is unknown at ${emulator.apiUrl}. Copy`);
  });

  test.each<[string, (gone: string) => readonly string[], string]>([
    ["no other region", (gone) => [gone], "; the other regions could not be reached."],
    [
      "some",
      (gone) => [gone, otherRegion.apiUrl],
      ", and in the other regions, of which some could not be reached.",
    ],
  ])("The doctor claims nothing about regions when it could reach %s", async (_, others, sentence) => {
    const gone = await withServer(
      (_req, res) => res.end(),
      async (url) => `${url}/v1`,
    );
    const env = environment({ AUTHSIGNAL_TENANT_ID: randomUUID() });
    expect(wrong(await diagnose(env, { otherRegions: others(gone) }))).toContain(
      `AUTHSIGNAL_TENANT_ID is unknown at ${emulator.apiUrl}${sentence}`,
    );
  });

  test("The doctor names the right region of a tenant", async () => {
    const changes = {
      AUTHSIGNAL_TENANT_ID: "11111111-1111-4111-8111-111111111111",
      AUTHSIGNAL_API_SECRET_KEY: "elsewhere",
    };
    const sentences = wrong(await diagnose(environment(changes)));
    expect(sentences).toContain(
      `but in ${otherRegion.apiUrl}. Write AUTHSIGNAL_API_URL=${otherRegion.apiUrl}.`,
    );
    expect(sentences).toContain("AUTHSIGNAL_API_SECRET_KEY is refused there.");
  });

  test("The doctor never sends the secret to another region", async () => {
    otherRegion.clearJournal();
    await diagnose(environment({ AUTHSIGNAL_TENANT_ID: randomUUID() }));
    const asked = otherRegion.journal();
    expect(asked.map(({ path }) => path)).toEqual(["/v1/client/challenge"]);
  });

  test("The doctor reports a wrong secret", async () => {
    const results = await diagnose(environment({ AUTHSIGNAL_API_SECRET_KEY: "mistyped" }));
    expect(wrong(results)).toContain(
      "AUTHSIGNAL_API_SECRET_KEY is refused, although the tenant is in this region",
    );
  });

  test("The doctor reports the secret of another tenant and deletes its trial user", async () => {
    const results = await diagnose(environment({ AUTHSIGNAL_API_SECRET_KEY: otherKey }));
    expect(wrong(results)).toContain("belong to two different tenants. Copy both from the same tenant");
    expect(keptBy(emulator)).not.toContain("doctor-");
  });

  test("The doctor reports a Server API that answers 500", async () => {
    emulator.addFault({ path: "/v1/users/doctor", status: 500 });
    expect(wrong(await diagnose(environment()))).toContain("The Server API answers 500.");
  });

  test("The doctor reports a Server API that closes the connection", async () => {
    emulator.addFault({ path: "/v1/users/doctor", drop: "before" });
    expect(wrong(await diagnose(environment()))).toContain(
      "The Server API cannot be reached: the connection was closed.",
    );
  });
});

describe("the doctor at values that a router refuses as they are written", () => {
  test.each<[string, () => Environment, string]>([
    ["an API URL", () => ({ AUTHSIGNAL_API_URL: `${emulator.apiUrl}/` }), "AUTHSIGNAL_API_URL has a slash"],
    ["an origin", () => ({ ORIGIN: `${expectedOrigin}/` }), "ORIGIN has a slash at the end."],
    [
      "one of two origins",
      () => ({ MORE_ORIGINS: `${otherOrigin}/` }),
      "MORE_ORIGINS has a slash at the end.",
    ],
    [
      "a quoted secret",
      () => ({ AUTHSIGNAL_API_SECRET_KEY: `"${apiSecretKey}"` }),
      "KEY has a quotation mark",
    ],
    [
      "a blank after a secret",
      () => ({ AUTHSIGNAL_API_SECRET_KEY: `${apiSecretKey} ` }),
      "KEY has white space",
    ],
    ["a blank before a tenant id", () => ({ AUTHSIGNAL_TENANT_ID: ` ${tenantId}` }), "ID has white space"],
    ["a quoted RP ID", () => ({ RP_ID: "'localhost'" }), "RP_ID has a quotation mark"],
  ])("The doctor fails at the form of %s", async (_, changes, sentence) => {
    const results = await diagnose(environment(changes()));
    expect(wrong(results)).toContain(sentence);
    expect(report(results, undefined).exitCode).toBe(1);
    expect(results.map(({ message }) => message)).not.toContain("The configuration is complete.");
  });

  test("The doctor says that an API URL lacks /v1, and asks nothing", async () => {
    emulator.clearJournal();
    const results = await diagnose(environment({ AUTHSIGNAL_API_URL: emulator.url }));
    expect(results).toHaveLength(1);
    expect(wrong(results)).toContain('it ends in "/v1"');
    expect(emulator.journal()).toEqual([]);
  });
});

describe("the doctor at an app of the host's own", () => {
  const own = { isProductionEntry: false } as const;

  test("The doctor asks a host for no SESSION_SECRET", async () => {
    const results = await diagnose(environment(), { ...own, isEmulated: false });
    expect(wrong(results)).toContain("AUTHSIGNAL_API_URL must be");
    expect(wrong(results)).not.toContain("SESSION_SECRET");
    const missing = await diagnose(environment({ ORIGIN: "" }), { ...own, isEmulated: false });
    expect(wrong(missing)).toContain("ORIGIN is missing");
  });

  test("The doctor claims nothing about a proxy that only the host's code trusts", async () => {
    const changes = { ORIGIN: "https://app.localhost:4443", RP_ID: "localhost", TRUST_PROXY: "1" };
    const results = await diagnose(environment(changes), own);
    expect(results.map(({ message }) => message)).not.toContain(
      "Cookies are Secure, and the proxy in front is trusted.",
    );
    const proxy = results.find(({ message }) => message.startsWith("Whether your app trusts the proxy"));
    expect(proxy).toMatchObject({
      status: "unknown",
      remedy: expect.stringContaining('app.set("trust proxy", 1)'),
    });
  });

  test.each(["/api", "/auth", "/api/auth", "/passkeys"])(
    "The doctor finds a router that is mounted at %s",
    async (prefix) => {
      await withServer(
        (req, res) => {
          if (req.url !== `${prefix}/config`) return res.writeHead(404).end();
          return res.end(JSON.stringify({ tenantId, rpId, baseUrl: emulator.apiUrl }));
        },
        async (url) => {
          const results = await diagnose(environment({ ORIGIN: url }), own);
          expect(results.at(-1)?.message).toBe(`The app at ${url}${prefix} runs with this configuration.`);
        },
      );
    },
  );

  test("The doctor asks the address that it is told, on another origin too", async () => {
    await withServer(
      (req, res) =>
        res.end(req.url === "/v2/sign-in/config" ? JSON.stringify({ tenantId: "x", rpId }) : "{}"),
      async (url) => {
        const results = await diagnose(environment(), { ...own, appUrl: `${url}/v2/sign-in` });
        expect(wrong(results)).toContain(
          `The app at ${url}/v2/sign-in runs with another tenant or RP ID (x, `,
        );
      },
    );
  });
});

describe("the doctor at user verification", () => {
  test("The doctor warns of a tenant that accepts a passkey without it, and deletes its trial user", async () => {
    const changes = { AUTHSIGNAL_TENANT_ID: otherTenantId, AUTHSIGNAL_API_SECRET_KEY: otherKey };
    const results = await diagnose(environment(changes));
    expect(results).toContainEqual({
      status: "warning",
      message: expect.stringContaining("accepts a passkey that did not verify its user"),
      remedy: expect.stringContaining("Authenticators, Passkey, User verification"),
    });
    expect(keptBy(emulator)).not.toContain("doctor-");
  });
});

describe("the doctor at webhooks", () => {
  const own = { isProductionEntry: false } as const;
  const atReceiver = async (answer: (signature: string, body: string) => number) => {
    let last: CheckResult | undefined;
    await withServer(
      async (req, res) => {
        let body = "";
        for await (const chunk of req) body += String(chunk);
        res.writeHead(answer(String(req.headers["x-signature-v2"] ?? ""), body)).end();
      },
      async (url) => {
        last = (await diagnose(environment(), { ...own, webhookUrl: `${url}/hooks` })).at(-1);
      },
    );
    return last;
  };

  test("The doctor passes a receiver that takes what this secret signs, and nothing else", async () => {
    const { apiUrl } = emulator;
    const gateway = createSdkGateway({ apiSecretKey, apiUrl, allowEmulator: true });
    const result = await atReceiver((signature, body) =>
      gateway.readWebhook?.(body, signature) ? 204 : 401,
    );
    expect(result).toMatchObject({
      status: "passed",
      message: expect.stringContaining("Webhooks are received"),
    });
  });

  test.each<[string, (signature: string) => number, string]>([
    ["takes unsigned ones", () => 204, "accepts a webhook without a signature"],
    ["has another secret", () => 401, "refuses a webhook that is signed with AUTHSIGNAL_API_SECRET_KEY"],
    ["is not there", () => 404, "Nothing receives webhooks at"],
    ["has a parser in front", () => 500, "answers a webhook with 500"],
  ])("The doctor names the fault of a receiver that %s", async (_, answer, sentence) => {
    expect(await atReceiver(answer)).toMatchObject({
      status: "failed",
      message: expect.stringContaining(sentence),
    });
  });

  test("The doctor says of a receiver that cannot be reached that it may not be started", async () => {
    const results = await diagnose(environment(), { ...own, webhookUrl: `${expectedOrigin}/hooks` });
    expect(results.at(-1)).toMatchObject({
      status: "unknown",
      message: `Webhooks cannot be sent to ${expectedOrigin}/hooks: the connection was closed.`,
    });
  });
});

describe("the doctor at RP ID and origins", () => {
  test("The doctor reports another Relying Party ID in the portal, and no origin", async () => {
    const changes = { ORIGIN: "https://app.example.localhost", RP_ID: "example.localhost", TRUST_PROXY: "1" };
    const sentences = wrong(await diagnose(environment(changes)));
    expect(sentences).toContain(
      "RP_ID is example.localhost, but the tenant's Relying Party ID is localhost.",
    );
    expect(sentences).not.toContain("is refused");
  });

  test("The doctor reports a tenant without passkeys", async () => {
    emulator.addFault({ path: "/v1/client/user-authenticators/passkey/authentication-options", status: 400 });
    expect(wrong(await diagnose(environment()))).toContain(
      "passkeys are not set up. Set up and activate passkeys",
    );
  });

  test("The doctor reports an origin that the tenant does not expect", async () => {
    const results = await diagnose(environment({ ORIGIN: otherOrigin }));
    expect(wrong(results)).toContain(`A passkey made at ${otherOrigin} is refused`);
    expect(wrong(results)).toContain("Passkey, Expected origins");
  });

  test("The doctor reports a further origin and an Android app that the tenant does not expect", async () => {
    const fingerprint = Array.from({ length: 32 }, () => "AB").join(":");
    const changes = {
      ANDROID_APPS: `com.example.app=${fingerprint}`,
      MORE_ORIGINS: otherOrigin,
    };
    const sentences = wrong(await diagnose(environment(changes)));
    expect(sentences).toContain(`A passkey made at ${otherOrigin} is refused`);
    expect(sentences).toMatch(/A passkey made at android:apk-key-hash:[\w-]{43} is refused/);
  });

  test.each([
    ["the track call fails", "/v1/users/*/actions/*", "Run the doctor again."],
    [
      "the registration options fail",
      "/v1/client/user-authenticators/passkey/registration-options",
      "Expected origins",
    ],
  ])("The doctor calls an origin unknown when %s", async (_, path, remedy) => {
    emulator.addFault({ path, status: 500 });
    const results = await diagnose(environment());
    const untried = results.find(({ message }) => message.includes("could not be checked"));
    expect(untried).toMatchObject({ status: "unknown", remedy: expect.stringContaining(remedy) });
  });

  test("The doctor with --read-only creates no user and checks no origin", async () => {
    emulator.clearJournal();
    const results = await diagnose(environment({ ORIGIN: otherOrigin }), { isReadOnly: true });
    expect(results.filter(({ message }) => message.includes("passkey made"))).toEqual([]);
    expect(emulator.journal().filter(({ path }) => path.includes("/actions/"))).toEqual([]);
  });
});

describe("the doctor at the tenant's actions", () => {
  const permissive = () => ({
    AUTHSIGNAL_TENANT_ID: otherTenantId,
    AUTHSIGNAL_API_SECRET_KEY: otherKey,
  });

  async function aboutActions(env: Environment, options: CheckOptions = {}): Promise<readonly CheckResult[]> {
    return (await diagnose(env, options)).filter(({ message }) => /The actions? |the action /.test(message));
  }

  test("The doctor warns of each action that permits more than a passkey, and exits with 0", async () => {
    const results = await aboutActions(environment(permissive()), { stepUpActions: ["transfer-funds"] });
    expect(results.map(({ status }) => status)).toEqual(["warning", "warning", "warning"]);
    for (const [at, action] of ["enroll-passkey", "manage-passkeys", "transfer-funds"].entries()) {
      expect(results[at]?.message).toMatch(new RegExp(`^The action ${action} permits .*EMAIL_OTP.* besides`));
      expect(results[at]?.remedy).toContain(
        `Authsignal portal, Actions, ${action}, permitted authenticators`,
      );
    }
    const { text, exitCode } = report(results, otherKey);
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^warning {2}The action enroll-passkey permits/);
    expect(text).toContain("No check failed. Warnings: 3.");
    expect(keptBy(emulator)).not.toContain("doctor-");
  });

  test("The doctor passes actions that permit a passkey alone, the app's own too", async () => {
    const results = await aboutActions(environment(), { stepUpActions: ["transfer-funds"] });
    expect(results.map(({ message }) => message)).toEqual([
      "The actions enroll-passkey, manage-passkeys, transfer-funds permit a passkey and nothing else.",
    ]);
  });

  test("The doctor reports an action that permits no passkey", async () => {
    const actions = [{ actionCode: "close-account", verificationMethods: ["EMAIL_OTP" as const] }];
    emulator.seed({ actions }, otherTenantId);
    const results = await diagnose(environment(permissive()), { stepUpActions: ["close-account"] });
    expect(wrong(results)).toContain("The action close-account does not permit passkeys");
  });

  test("The doctor calls an action unknown when Authsignal does not list its methods", async () => {
    const fault = { path: "/v1/users/*/actions/manage-passkeys", count: 1 };
    for (const answer of [{ status: 500 }, { drop: "before" as const }]) {
      emulator.addFault({ ...fault, ...answer });
      const [result] = await aboutActions(environment());
      expect(result).toMatchObject({
        status: "unknown",
        message: "Authsignal does not say which methods the action manage-passkeys permits.",
      });
    }
  });
});

describe("the doctor at the proxy and the running app", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack?.close());

  test("The doctor reports an https origin without a trusted proxy", async () => {
    const changes = { ORIGIN: "https://app.localhost:4443", RP_ID: "localhost" };
    expect(wrong(await diagnose(environment(changes)))).toContain("no session cookie would be set");
  });

  test("The doctor passes an https origin with a trusted proxy", async () => {
    const changes = { ORIGIN: "https://app.localhost:4443", RP_ID: "localhost", TRUST_PROXY: "1" };
    const messages = (await diagnose(environment(changes))).map(({ message }) => message);
    expect(messages).toContain("Cookies are Secure, and the proxy in front is trusted.");
  });

  test("The doctor reports a trusted proxy in front of an http origin", async () => {
    const results = await diagnose(environment({ TRUST_PROXY: "1" }));
    expect(wrong(results)).toContain("any client could choose the address that limits count");
  });

  test("The doctor passes an app that runs with this configuration", async () => {
    const { tenantId: id } = stack.browser;
    const changes = {
      ORIGIN: stack.origin,
      AUTHSIGNAL_TENANT_ID: id,
      AUTHSIGNAL_API_URL: stack.emulator.apiUrl,
      AUTHSIGNAL_API_SECRET_KEY: "emulator-secret-of-the-default-tenant",
    };
    const results = await diagnose(environment(changes));
    expect(wrong(results)).toBe("");
    expect(results.slice(-2).map(({ message }) => message)).toEqual([
      `The app at ${stack.origin}/api runs with this configuration.`,
      `Webhooks are received at ${stack.origin}/authsignal/webhooks.`,
    ]);
  });

  test("The doctor reports an app that runs with another tenant", async () => {
    const results = await diagnose(environment({ ORIGIN: stack.origin }));
    expect(wrong(results)).toContain("runs with another tenant or RP ID");
  });

  test("The doctor says when another server answers at ORIGIN", async () => {
    await withServer(
      (_req, res) => res.writeHead(404).end("no"),
      async (url) => {
        const results = await diagnose(environment({ ORIGIN: url }));
        expect(results.at(-1)?.message).toContain("Something answers 404");
      },
    );
  });
});

describe("the doctor's report", () => {
  test("The report exits with 0 when no check failed, and with 1 otherwise", async () => {
    const right = report(await diagnose(environment()), apiSecretKey);
    expect(right.exitCode).toBe(0);
    expect(right.text).toContain("No check failed.");
    const faulty = report(await diagnose(environment({ TRUST_PROXY: "1" })), apiSecretKey);
    expect(faulty.exitCode).toBe(1);
    expect(faulty.text).toMatch(/FAILED {3}TRUST_PROXY is 1.*\n {9}→ Write TRUST_PROXY=0/);
    expect(faulty.text).toContain("1 failed.");
  });

  test.each<[string, () => Environment]>([
    ["that is in its own variable", () => ({})],
    ["that was pasted into AUTHSIGNAL_TENANT_ID", () => ({ AUTHSIGNAL_TENANT_ID: apiSecretKey })],
    [
      "that was pasted into AUTHSIGNAL_API_URL",
      () => ({ AUTHSIGNAL_API_URL: `http://localhost:1/${apiSecretKey}` }),
    ],
    ["that was pasted into ORIGIN", () => ({ ORIGIN: `http://localhost/${apiSecretKey}` })],
  ])("The report never shows the secret %s", async (_, changes) => {
    const env = environment(changes());
    const { text } = report(await diagnose(env), env.AUTHSIGNAL_API_SECRET_KEY);
    expect(text).not.toContain(apiSecretKey);
    expect(text).not.toContain(Buffer.from(`${apiSecretKey}:`).toString("base64"));
  });
});

/** What an emulator remembers. The service keeps the actions of a deleted user. */
function keptBy(one: Emulator): string {
  return JSON.stringify(one.exportState(), (name, value) => (name === "actions" ? undefined : value));
}
