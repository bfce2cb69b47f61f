/** Every sentence of the doctor, each caused by the one fault it is about, at a running emulator. */
import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Environment } from "../../../server/config/config.ts";
import { reasonOf } from "../../../server/doctor/ask.ts";
import { type ExamineOptions, examine } from "../../../server/doctor/examine.ts";
import type { Finding } from "../../../server/doctor/finding.ts";
import { report } from "../../../server/doctor/report.ts";
import { type Emulator, startEmulator } from "../../../server/emulator/index.ts";
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
  const first = { ...tenant(tenantId, apiSecretKey), actions };
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

/** A configuration that is right, but for these changes. */
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

function diagnose(env: Environment, options: ExamineOptions = {}): Promise<readonly Finding[]> {
  return examine(env, { isEmulated: true, otherRegions: [otherRegion.apiUrl], ...options });
}

function wrong(findings: readonly Finding[]): string {
  const lines = findings
    .filter(({ verdict }) => verdict === "bad")
    .map((one) => `${one.message} ${one.remedy ?? ""}`);
  return lines.join("\n");
}

/** Answers every request alike, for as long as the body of a test runs. */
async function withServer<Result>(
  listener: RequestListener,
  body: (url: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await body(`http://localhost:${port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("finds nothing wrong with a right configuration, and leaves no user behind", async () => {
  const findings = await diagnose(environment());
  expect(wrong(findings)).toBe("");
  expect(findings.map(({ message }) => message)).toEqual([
    "The configuration is complete.",
    `Authsignal answers at ${emulator.apiUrl}.`,
    "This machine's clock is right.",
    "AUTHSIGNAL_TENANT_ID is known there.",
    "AUTHSIGNAL_API_SECRET_KEY is accepted.",
    "The relying party ID is localhost, here and in the portal.",
    `Passkeys made at ${expectedOrigin} are taken.`,
    "The actions enroll-passkey, manage-passkeys permit a passkey and nothing else.",
    "Cookies fit http on this machine.",
    `The app cannot be reached at ORIGIN ${expectedOrigin}: the connection was cut.`,
  ]);
  expect(JSON.stringify(emulator.exportState())).not.toContain("doctor-");
});

describe("the configuration itself", () => {
  test.each<[string, Environment, string]>([
    [
      "no tenant",
      { AUTHSIGNAL_TENANT_ID: "" },
      "AUTHSIGNAL_TENANT_ID is missing: copy it from the Authsignal portal",
    ],
    ["no secret", { AUTHSIGNAL_API_SECRET_KEY: "" }, "AUTHSIGNAL_API_SECRET_KEY is missing"],
    [
      "an RP ID that does not fit the origin",
      { RP_ID: "example.com" },
      'RP_ID must be "localhost" or a parent domain of it: "example.com" does not fit',
    ],
    ["an origin with a path", { ORIGIN: `${expectedOrigin}/app` }, `write "${expectedOrigin}"`],
  ])("%s", async (_, changes, sentence) => {
    expect(wrong(await diagnose(environment(changes)))).toContain(sentence);
  });

  test("an emulator's address in a production configuration", async () => {
    const findings = await diagnose(environment(), { isEmulated: false });
    expect(wrong(findings)).toContain("this one points to this machine, so to an emulator");
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
  ])("%s in each other's place, without sending either", async (_, changes, sentence) => {
    emulator.clearJournal();
    expect(wrong(await diagnose(environment(changes())))).toContain(sentence);
    expect(emulator.journal()).toEqual([]);
  });
});

describe("the way to Authsignal", () => {
  test("an address at which nobody listens", async () => {
    const gone = await withServer(
      (_req, res) => res.end(),
      async (url) => `${url}/v1`,
    );
    const findings = await diagnose(environment({ AUTHSIGNAL_API_URL: gone }));
    expect(wrong(findings)).toContain(`AUTHSIGNAL_API_URL ${gone} cannot be reached: nobody listens there.`);
  });

  test("an address that hangs up", async () => {
    await withServer(
      (req) => req.socket.destroy(),
      async (url) => {
        const findings = await diagnose(environment({ AUTHSIGNAL_API_URL: `${url}/v1` }));
        expect(wrong(findings)).toContain("cannot be reached: the connection was cut.");
      },
    );
  });

  test.each([
    [
      "a certificate of its own making",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "its certificate is not trusted (DEPTH_",
    ],
    [
      "a certificate for another name",
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "its certificate is not trusted (ERR_TLS",
    ],
    ["a name that does not exist", "ENOTFOUND", "its name does not exist"],
    ["no way to look up names", "EAI_AGAIN", "names cannot be looked up from here"],
    ["a reset connection", "ECONNRESET", "the connection was cut"],
    ["packets that vanish", "ETIMEDOUT", "no connection in time"],
    ["anything else", "EHOSTUNREACH", "no connection EHOSTUNREACH"],
  ])("says what is wrong with %s", (_, code, sentence) => {
    const cause = Object.assign(new Error("that"), { code });
    expect(reasonOf(new TypeError("fetch failed", { cause }))).toContain(sentence);
  });

  test("says for how long it waited", () => {
    const late = new DOMException("The operation was aborted due to timeout", "TimeoutError");
    expect(reasonOf(late)).toBe("no answer within 10 seconds");
  });

  test("an address at which something else answers", async () => {
    await withServer(
      (_req, res) => res.end("<h1>It works!</h1>"),
      async (url) => {
        const findings = await diagnose(environment({ AUTHSIGNAL_API_URL: `${url}/v1` }));
        expect(wrong(findings)).toContain("answers 200, but not as Authsignal's API does.");
      },
    );
  });

  test.each([
    ["ahead", 90, "seconds ahead: codes and tokens would expire too early."],
    ["behind", -3600, "seconds behind: codes and tokens would expire too late."],
  ])("a clock that is %s", async (_, seconds, sentence) => {
    const now = () => new Date(Date.now() + seconds * 1000);
    expect(wrong(await diagnose(environment(), { now }))).toContain(sentence);
  });

  test("a clock that cannot be compared", async () => {
    await withServer(
      (_req, res) => {
        res.sendDate = false;
        res.end("{}");
      },
      async (url) => {
        const findings = await diagnose(environment({ AUTHSIGNAL_API_URL: `${url}/v1` }));
        expect(findings.map(({ message }) => message)).toContain(
          "Authsignal does not tell its time; the clock was not compared.",
        );
      },
    );
  });
});

describe("tenant, secret and region", () => {
  test("a tenant id that nobody knows", async () => {
    const findings = await diagnose(environment({ AUTHSIGNAL_TENANT_ID: randomUUID() }));
    expect(wrong(findings)).toContain(
      `AUTHSIGNAL_TENANT_ID is unknown at ${emulator.apiUrl}, and in every other`,
    );
  });

  test("the wrong region", async () => {
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

  test("the other regions are never shown the secret", async () => {
    otherRegion.clearJournal();
    await diagnose(environment({ AUTHSIGNAL_TENANT_ID: randomUUID() }));
    const asked = otherRegion.journal();
    expect(asked.map(({ path }) => path)).toEqual(["/v1/client/challenge"]);
  });

  test("a wrong secret", async () => {
    const findings = await diagnose(environment({ AUTHSIGNAL_API_SECRET_KEY: "mistyped" }));
    expect(wrong(findings)).toContain(
      "AUTHSIGNAL_API_SECRET_KEY is refused, although the tenant is in this region",
    );
  });

  test("a secret of another tenant", async () => {
    const findings = await diagnose(environment({ AUTHSIGNAL_API_SECRET_KEY: otherKey }));
    expect(wrong(findings)).toContain("belong to two different tenants. Copy both from the same tenant");
    expect(JSON.stringify(emulator.exportState())).not.toContain("doctor-");
  });

  test("a Server API that fails", async () => {
    emulator.addFault({ path: "/v1/users/doctor", status: 500 });
    expect(wrong(await diagnose(environment()))).toContain("The Server API answers 500.");
  });

  test("a Server API that hangs up", async () => {
    emulator.addFault({ path: "/v1/users/doctor", drop: "before" });
    expect(wrong(await diagnose(environment()))).toContain(
      "The Server API cannot be reached: the connection was cut.",
    );
  });
});

describe("relying party and origins", () => {
  test("another Relying Party ID in the portal", async () => {
    const changes = { ORIGIN: "https://app.example.localhost", RP_ID: "example.localhost", TRUST_PROXY: "1" };
    const sentences = wrong(await diagnose(environment(changes)));
    expect(sentences).toContain(
      "RP_ID is example.localhost, but the tenant's Relying Party ID is localhost.",
    );
    expect(sentences).not.toContain("is refused");
  });

  test("passkeys that are not set up", async () => {
    emulator.addFault({ path: "/v1/client/user-authenticators/passkey/authentication-options", status: 400 });
    expect(wrong(await diagnose(environment()))).toContain(
      "passkeys are not set up. Set up and activate passkeys",
    );
  });

  test("an origin that is not expected", async () => {
    const findings = await diagnose(environment({ ORIGIN: otherOrigin }));
    expect(wrong(findings)).toContain(`A passkey made at ${otherOrigin} is refused`);
    expect(wrong(findings)).toContain("Passkey, Expected origins");
  });

  test("an Android app whose key is not expected, and a further origin that is not", async () => {
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
    ["tracking fails", "/v1/users/*/actions/*", "Run the doctor again."],
    ["options fail", "/v1/client/user-authenticators/passkey/registration-options", "Expected origins"],
  ])("an origin that cannot be tried because %s", async (_, path, remedy) => {
    emulator.addFault({ path, status: 500 });
    const findings = await diagnose(environment());
    const untried = findings.find(({ message }) => message.includes("could not be tried"));
    expect(untried).toMatchObject({ verdict: "unknown", remedy: expect.stringContaining(remedy) });
  });

  test("read-only makes no user, and says nothing about origins", async () => {
    emulator.clearJournal();
    const findings = await diagnose(environment({ ORIGIN: otherOrigin }), { isReadOnly: true });
    expect(findings.filter(({ message }) => message.includes("passkey made"))).toEqual([]);
    expect(emulator.journal().filter(({ path }) => path.includes("/actions/"))).toEqual([]);
  });
});

describe("what the actions permit", () => {
  const permissive = () => ({
    AUTHSIGNAL_TENANT_ID: otherTenantId,
    AUTHSIGNAL_API_SECRET_KEY: otherKey,
  });

  async function aboutActions(env: Environment, options: ExamineOptions = {}): Promise<readonly Finding[]> {
    return (await diagnose(env, options)).filter(({ message }) => /The actions? |the action /.test(message));
  }

  test("more than a passkey, for each action: a warning that names the setting, and CI goes on", async () => {
    const findings = await aboutActions(environment(permissive()), { stepUpActions: ["transfer-funds"] });
    expect(findings.map(({ verdict }) => verdict)).toEqual(["warning", "warning", "warning"]);
    for (const [at, action] of ["enroll-passkey", "manage-passkeys", "transfer-funds"].entries()) {
      expect(findings[at]?.message).toMatch(
        new RegExp(`^The action ${action} permits .*EMAIL_OTP.* besides`),
      );
      expect(findings[at]?.remedy).toContain(
        `Authsignal portal, Actions, ${action}, permitted authenticators`,
      );
    }
    const { text, exitCode } = report(findings, otherKey);
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^warning {2}The action enroll-passkey permits/);
    expect(text).toContain("Nothing is wrong. 3 to look at.");
    expect(JSON.stringify(emulator.exportState())).not.toContain("doctor-");
  });

  test("a passkey alone, in the app's own actions too", async () => {
    const findings = await aboutActions(environment(), { stepUpActions: ["transfer-funds"] });
    expect(findings.map(({ message }) => message)).toEqual([
      "The actions enroll-passkey, manage-passkeys, transfer-funds permit a passkey and nothing else.",
    ]);
  });

  test("no passkey", async () => {
    const actions = [{ actionCode: "close-account", verificationMethods: ["EMAIL_OTP" as const] }];
    emulator.seed({ actions }, otherTenantId);
    const findings = await diagnose(environment(permissive()), { stepUpActions: ["close-account"] });
    expect(wrong(findings)).toContain("The action close-account does not permit passkeys");
  });

  test("an answer without the list, or none at all, is unknown", async () => {
    const fault = { path: "/v1/users/*/actions/manage-passkeys", count: 1 };
    for (const answer of [{ status: 500 }, { drop: "before" as const }]) {
      emulator.addFault({ ...fault, ...answer });
      const [finding] = await aboutActions(environment());
      expect(finding).toMatchObject({
        verdict: "unknown",
        message: "Authsignal does not say which methods the action manage-passkeys permits.",
      });
    }
  });
});

describe("cookies, proxy and the running app", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack?.close());

  test("https without a trusted proxy", async () => {
    const changes = { ORIGIN: "https://app.localhost:4443", RP_ID: "localhost" };
    expect(wrong(await diagnose(environment(changes)))).toContain("no session cookie would be set");
  });

  test("https with a trusted proxy", async () => {
    const changes = { ORIGIN: "https://app.localhost:4443", RP_ID: "localhost", TRUST_PROXY: "1" };
    const messages = (await diagnose(environment(changes))).map(({ message }) => message);
    expect(messages).toContain("Cookies are Secure, and the proxy in front is trusted.");
  });

  test("a trusted proxy where there is none", async () => {
    const findings = await diagnose(environment({ TRUST_PROXY: "1" }));
    expect(wrong(findings)).toContain("everybody could choose the address that limits are counted by");
  });

  test("an app that runs with this configuration", async () => {
    const { tenantId: id } = stack.browser;
    const changes = {
      ORIGIN: stack.origin,
      AUTHSIGNAL_TENANT_ID: id,
      AUTHSIGNAL_API_URL: stack.emulator.apiUrl,
      AUTHSIGNAL_API_SECRET_KEY: "emulator-secret-of-the-default-tenant",
    };
    const findings = await diagnose(environment(changes));
    expect(wrong(findings)).toBe("");
    expect(findings.at(-1)?.message).toBe(`The app at ${stack.origin} runs with this configuration.`);
  });

  test("an app that runs with another tenant", async () => {
    const findings = await diagnose(environment({ ORIGIN: stack.origin }));
    expect(wrong(findings)).toContain("runs with another tenant or RP ID");
  });

  test("something else in the app's place", async () => {
    await withServer(
      (_req, res) => res.writeHead(404).end("no"),
      async (url) => {
        const findings = await diagnose(environment({ ORIGIN: url }));
        expect(findings.at(-1)?.message).toContain("Something answers 404");
      },
    );
  });
});

describe("the report", () => {
  test("ends well for CI when nothing is wrong, and badly otherwise", async () => {
    const right = report(await diagnose(environment()), apiSecretKey);
    expect(right.exitCode).toBe(0);
    expect(right.text).toContain("Nothing is wrong.");
    const faulty = report(await diagnose(environment({ TRUST_PROXY: "1" })), apiSecretKey);
    expect(faulty.exitCode).toBe(1);
    expect(faulty.text).toMatch(/WRONG {4}TRUST_PROXY is 1.*\n {9}→ Write TRUST_PROXY=0/);
    expect(faulty.text).toContain("1 to put right.");
  });

  test.each<[string, () => Environment]>([
    ["in its place", () => ({})],
    ["in the place of the tenant id", () => ({ AUTHSIGNAL_TENANT_ID: apiSecretKey })],
    ["in the address", () => ({ AUTHSIGNAL_API_URL: `http://localhost:1/${apiSecretKey}` })],
    ["in the origin", () => ({ ORIGIN: `http://localhost/${apiSecretKey}` })],
  ])("never shows the secret: %s", async (_, changes) => {
    const env = environment(changes());
    const { text } = report(await diagnose(env), env.AUTHSIGNAL_API_SECRET_KEY);
    expect(text).not.toContain(apiSecretKey);
    expect(text).not.toContain(Buffer.from(`${apiSecretKey}:`).toString("base64"));
  });
});
