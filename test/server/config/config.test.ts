import { describe, expect, test } from "vitest";
import {
  ConfigError,
  type Environment,
  loadLocalConfig,
  loadProductionConfig,
} from "../../../server/config/config.ts";

const production: Environment = {
  AUTHSIGNAL_TENANT_ID: "555159e4-adc3-454b-82b1-b55a2783f712",
  AUTHSIGNAL_API_SECRET_KEY: "a-real-tenant-secret",
  AUTHSIGNAL_API_URL: "https://eu.api.authsignal.com/v1",
  ORIGIN: "https://app.example.com",
  SESSION_SECRET: "0123456789abcdef0123456789abcdef",
  TRUST_PROXY: "1",
};

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("the production configuration", () => {
  test("The production configuration needs tenant, origin, session secret and proxy count only", () => {
    const config = loadProductionConfig(production);
    expect(config).toMatchObject({ port: 3000, origin: "https://app.example.com", rpId: "app.example.com" });
    expect(config.tenant.apiUrl).toBe("https://eu.api.authsignal.com/v1");
  });

  test("The production configuration mails notices where a mail server and a sender are given, else none", () => {
    expect(loadProductionConfig(production).mail).toBeNull();
    const mail = { SMTP_URL: "smtps://u:p@mail.example.com", MAIL_FROM: "Example <no-reply@example.com>" };
    expect(loadProductionConfig({ ...production, ...mail }).mail).toEqual({
      url: mail.SMTP_URL,
      from: mail.MAIL_FROM,
    });
  });

  test("A slash at the end of AUTHSIGNAL_API_URL does not reach the gateway", () => {
    const AUTHSIGNAL_API_URL = "https://eu.api.authsignal.com/v1/";
    const { tenant } = loadProductionConfig({ ...production, AUTHSIGNAL_API_URL });
    expect(tenant.apiUrl).toBe("https://eu.api.authsignal.com/v1");
  });

  test("The production configuration accepts a parent domain of the origin as RP ID", () => {
    expect(loadProductionConfig({ ...production, RP_ID: "example.com" }).rpId).toBe("example.com");
  });

  test("The configuration drops one slash at the end of ORIGIN, MORE_ORIGINS and AUTHSIGNAL_API_URL", () => {
    const config = loadProductionConfig({
      ...production,
      ORIGIN: "https://app.example.com/",
      MORE_ORIGINS: "https://www.example.com/, https://app.example.com/",
      AUTHSIGNAL_API_URL: "https://eu.api.authsignal.com/v1/",
    });
    expect(config.origin).toBe("https://app.example.com");
    expect(config.moreOrigins).toEqual(["https://www.example.com"]);
    expect(config.tenant.apiUrl).toBe("https://eu.api.authsignal.com/v1");
  });

  test("The configuration does not repeat a secret that was pasted into ORIGIN, MORE_ORIGINS or AUTHSIGNAL_API_URL", () => {
    const secret = "a-real-tenant-secret";
    const asPassword = `https://user:${secret}@app.example.com`;
    for (const value of [secret, asPassword]) {
      const changes = { ORIGIN: value, MORE_ORIGINS: value, AUTHSIGNAL_API_URL: `${value}/v1` };
      const problems = problemsOf(() => loadProductionConfig({ ...production, ...changes }));
      expect(problems).toHaveLength(3);
      expect(problems.join("\n")).not.toContain(secret);
    }
  });

  test.each<[string, Environment, RegExp]>([
    ["no tenant id", { AUTHSIGNAL_TENANT_ID: undefined }, /AUTHSIGNAL_TENANT_ID is missing/],
    ["no API secret key", { AUTHSIGNAL_API_SECRET_KEY: " " }, /AUTHSIGNAL_API_SECRET_KEY is missing/],
    ["no API URL", { AUTHSIGNAL_API_URL: undefined }, /AUTHSIGNAL_API_URL is missing/],
    ["an emulator's secret", { AUTHSIGNAL_API_SECRET_KEY: "emulator-secret" }, /an emulator's secret/],
    ["a loopback Authsignal", { AUTHSIGNAL_API_URL: "https://localhost:3001/v1" }, /points to this machine/],
    ["a loopback address", { AUTHSIGNAL_API_URL: "https://127.0.0.1/v1" }, /points to this machine/],
    ["an IPv6 loopback", { AUTHSIGNAL_API_URL: "https://[::1]:3001/v1" }, /points to this machine/],
    [
      "a mapped IPv4 loopback",
      { AUTHSIGNAL_API_URL: "https://[::ffff:127.0.0.1]/v1" },
      /points to this machine/,
    ],
    [
      "a loopback name with a root dot",
      { AUTHSIGNAL_API_URL: "https://localhost./v1" },
      /points to this machine/,
    ],
    ["a loopback in decimal", { AUTHSIGNAL_API_URL: "https://2130706433/v1" }, /points to this machine/],
    [
      "an Authsignal without https",
      { AUTHSIGNAL_API_URL: "http://api.authsignal.com/v1" },
      /begins with "https:"/,
    ],
    ["an API URL without a scheme", { AUTHSIGNAL_API_URL: "api.authsignal.com" }, /this is not a URL/],
    ["no origin", { ORIGIN: undefined }, /ORIGIN is missing/],
    [
      "an origin with a path",
      { ORIGIN: "https://app.example.com/app" },
      /write "https:\/\/app\.example\.com"/,
    ],
    [
      "an origin without https",
      { ORIGIN: "http://app.example.com" },
      /must be "https:\/\/app\.example\.com"/,
    ],
    ["an origin that is an IP", { ORIGIN: "https://192.0.2.7" }, /not the IP address "192\.0\.2\.7"/],
    ["an origin without a scheme", { ORIGIN: "app.example.com" }, /ORIGIN must be scheme, host and port/],
    ["a foreign RP ID", { RP_ID: "example.org" }, /does not fit your origins/],
    ["an RP ID below the origin", { RP_ID: "www.app.example.com" }, /does not fit your origins/],
    [
      "an RP ID that only ends alike",
      { ORIGIN: "https://notexample.com", RP_ID: "example.com" },
      /does not fit/,
    ],
    ["an RP ID with a scheme", { RP_ID: "https://app.example.com" }, /bare domain/],
    ["an RP ID that is an IP", { RP_ID: "192.0.2.7" }, /not the IP address/],
    ["an RP ID that is a top-level domain", { RP_ID: "com" }, /public suffix/],
    [
      "an RP ID that is a public suffix",
      { ORIGIN: "https://shop.example.co.uk", RP_ID: "co.uk" },
      /public suffix/,
    ],
    ["no session secret", { SESSION_SECRET: undefined }, /SESSION_SECRET is missing/],
    ["a short session secret", { SESSION_SECRET: "short" }, /shorter than 32/],
    ["https and no proxy in front", { TRUST_PROXY: undefined }, /TRUST_PROXY is 0/],
    ["a proxy count that is not a number", { TRUST_PROXY: "true" }, /TRUST_PROXY is not a whole number/],
    ["too many proxies", { TRUST_PROXY: "33" }, /TRUST_PROXY is not a whole number/],
    ["no proxy in a list", { TRUST_PROXY: "," }, /TRUST_PROXY is not a whole number/],
    [
      "a proxy by its name",
      { TRUST_PROXY: "10.0.0.1, nginx" },
      /nor the addresses and subnets of your proxies/,
    ],
    ["proxies everywhere", { TRUST_PROXY: "0.0.0.0/0" }, /nor the addresses and subnets/],
    ["a member of every object as a proxy", { TRUST_PROXY: "constructor" }, /nor the addresses and subnets/],
    ["a port that is not a number", { PORT: "http" }, /PORT is not a whole number/],
    ["an audit retention of 0 days", { AFTER_CODE: "nothing" }, /AFTER_CODE must be one of full, limited/],
    [
      "an audit retention of 0 days",
      { AUDIT_RETENTION_DAYS: "0" },
      /AUDIT_RETENTION_DAYS is not a whole number/,
    ],
    [
      "an address to listen on that is a name",
      { LISTEN_ADDRESS: "app.example.com" },
      /LISTEN_ADDRESS must be an IP/,
    ],
    [
      "metrics on the port of the app",
      { METRICS_PORT: "3000" },
      /METRICS_PORT must be another port than PORT/,
    ],
    ["a mail server without a sender", { SMTP_URL: "smtp://mail.example.com" }, /MAIL_FROM is missing/],
    ["a sender without a mail server", { MAIL_FROM: "a@example.com" }, /no effect without SMTP_URL/],
    ["a sender that is none", { SMTP_URL: "smtp://a.example", MAIL_FROM: "Example" }, /must be an address/],
    [
      "a mail server that is none",
      { SMTP_URL: "mail.example", MAIL_FROM: "a@example.com" },
      /begins with smtp:/,
    ],
    ["a path of metrics without their port", { METRICS_PATH: "/metrics" }, /no effect without METRICS_PORT/],
    ["a path of metrics that is none", { METRICS_PORT: "9464", METRICS_PATH: "metrics" }, /must be a path/],
    ["a port out of range", { PORT: "70000" }, /PORT is not a whole number/],
  ])("The production configuration refuses %s and names the fix", (_, change, expected) => {
    const problems = problemsOf(() => loadProductionConfig({ ...production, ...change }));
    expect(problems.join("\n")).toMatch(expected);
    expect(problems).toHaveLength(1);
  });

  test("SESSION_SECRET accepts several secrets and keeps their order", () => {
    const [first, second] = ["a".repeat(32), "b".repeat(32)];
    const one = loadProductionConfig({ ...production, SESSION_SECRET: first });
    expect(one.sessionSecrets).toEqual([first]);
    const two = loadProductionConfig({ ...production, SESSION_SECRET: `${first}, ${second}` });
    expect(two.sessionSecrets).toEqual([first, second]);
  });

  test.each([
    ["a short secret among several", `${"a".repeat(32)},tiny-one`, 2],
    ["a comma at the end", `${"a".repeat(32)},`, 2],
  ])("SESSION_SECRET with %s is refused by the secret's number, without its value", (_, secret, number) => {
    const problems = problemsOf(() => loadProductionConfig({ ...production, SESSION_SECRET: secret }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^SESSION_SECRET, number ${number} of \\d, is shorter than 32`));
    for (const part of secret.split(",").filter((text) => text !== "")) {
      expect(problems.join()).not.toContain(part);
    }
  });

  test("The configuration reports every problem at once and repeats no secret", () => {
    const secret = "emulator-very-secret-value";
    const problems = problemsOf(() =>
      loadProductionConfig({ AUTHSIGNAL_API_SECRET_KEY: secret, RP_ID: "10.0.0.1", PORT: "-1" }),
    );
    expect(problems.length).toBeGreaterThanOrEqual(6);
    expect(problems.join("\n")).not.toContain(secret);
  });
});

describe("the local configuration", () => {
  test("The local configuration needs no variable and has no tenant then", () => {
    expect(loadLocalConfig({})).toMatchObject({
      port: 3000,
      emulatorPort: 3001,
      dataDir: ".data",
      tenant: null,
      origin: "http://localhost:3000",
      auditRetentionDays: 400,
      afterCode: "full",
      drainSeconds: 0,
      rpId: "localhost",
    });
  });

  test("The local configuration reads what a code opens", () => {
    expect(loadLocalConfig({ AFTER_CODE: "limited" }).afterCode).toBe("limited");
  });

  test("The local configuration derives the origin from the port", () => {
    expect(loadLocalConfig({ PORT: "4000" }).origin).toBe("http://localhost:4000");
  });

  test("The local configuration refuses an emulator's secret for a tenant, because its source is public", () => {
    const secret = "emulator-secret-of-the-default-tenant";
    const problems = problemsOf(() => loadLocalConfig({ ...production, AUTHSIGNAL_API_SECRET_KEY: secret }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/an emulator's secret/);
  });

  test("The local configuration accepts a complete tenant", () => {
    expect(loadLocalConfig(production).tenant?.tenantId).toBe(production.AUTHSIGNAL_TENANT_ID);
  });

  test.each(["AUTHSIGNAL_TENANT_ID", "AUTHSIGNAL_API_SECRET_KEY", "AUTHSIGNAL_API_URL"])(
    "The local configuration refuses a tenant of which only %s is set",
    (name) => {
      const problems = problemsOf(() => loadLocalConfig({ [name]: production[name] }));
      expect(problems).toHaveLength(2);
    },
  );
});
