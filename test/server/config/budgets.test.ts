/** Limits, lives, bounds and secrets by the environment: what is set is used, and what cannot work is refused. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  ConfigError,
  type Environment,
  loadLocalConfig,
  loadProductionConfig,
} from "../../../server/config/config.ts";
import { settingsOf } from "../../../server/config/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

const emulator: Environment = {
  AUTHSIGNAL_TENANT_ID: "tenant",
  AUTHSIGNAL_API_SECRET_KEY: "emulator-secret",
  AUTHSIGNAL_API_URL: "http://127.0.0.1:3001/v1",
};
const production: Environment = {
  AUTHSIGNAL_TENANT_ID: "555159e4-adc3-454b-82b1-b55a2783f712",
  AUTHSIGNAL_API_SECRET_KEY: "a-real-tenant-secret",
  AUTHSIGNAL_API_URL: "https://eu.api.authsignal.com/v1",
  ORIGIN: "https://app.example.com",
  SESSION_SECRET: "0123456789abcdef0123456789abcdef",
  TRUST_PROXY: "1",
};

function problemsOf(env: Environment, load = loadProductionConfig as (env: Environment) => unknown) {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function fileWith(text: string): string {
  const file = join(folder, String(Math.random()));
  writeFileSync(file, text);
  return file;
}

test("LIMITS replaces the named limits, and the start prints all of them", () => {
  const config = loadProductionConfig({
    ...production,
    LIMITS: "sendsInAll=50000/1h, sendsPerIp=200/15m,failuresPerIp=7/90s",
  });
  expect(config.limits).toEqual({
    sendsInAll: { points: 50_000, seconds: 3600 },
    sendsPerIp: { points: 200, seconds: 900 },
    failuresPerIp: { points: 7, seconds: 90 },
  });
  expect(settingsOf(config)).toMatchObject({
    requestTimeoutSeconds: 10,
    sessionIdleMinutes: 30,
    database: "SQLite",
    limits: {
      sendsInAll: "50000/1h",
      failuresPerIp: "7/90s",
      sendsPerPair: "5/15m",
      sendsPerAddress: "20/1d",
    },
  });
  expect(JSON.stringify(settingsOf(config))).not.toContain(production.SESSION_SECRET);
});

test.each<[string, Environment, RegExp]>([
  ["no points", { LIMITS: "sendsInAll" }, /write name=points\/time/],
  ["no unit", { LIMITS: "sendsInAll=5/60" }, /write name=points\/time/],
  ["a negative number", { LIMITS: "sendsInAll=-5/1h" }, /write name=points\/time/],
  ["no point at all", { LIMITS: "sendsInAll=0/1h" }, /at least one point/],
  ["more than a month", { LIMITS: "sendsInAll=5/31d" }, /at least one point/],
  ["an unknown limit", { LIMITS: "sendsInall=5/1h" }, /has no "sendsInall"\. There are sendsPerIp, /],
  ["an object's own member", { LIMITS: "constructor=5/1h" }, /has no "constructor"/],
  ["a limit twice", { LIMITS: "sendsInAll=5/1h,sendsInAll=6/1h" }, /"sendsInAll" twice/],
  ["a request longer than the pages wait", { REQUEST_TIMEOUT_SECONDS: "12" }, /from 1 to 11/],
  ["a request without time", { REQUEST_TIMEOUT_SECONDS: "0" }, /from 1 to 11/],
  ["an idle life longer than the whole", { SESSION_IDLE_MINUTES: "721" }, /so it has no effect/],
  ["an endless session", { SESSION_MAX_HOURS: "99999" }, /from 1 to 8760/],
  ["a pool without a database", { DATABASE_CONNECTIONS: "20" }, /no effect without DATABASE_URL/],
  ["one connection", { DATABASE_URL: "postgres://x/y", DATABASE_CONNECTIONS: "1" }, /from 2 to 1000/],
  ["an unknown log level", { LOG_LEVEL: "debug" }, /LOG_LEVEL must be one of info, warn, error/],
  ["a secret and its file", { SESSION_SECRET_FILE: "/run/secret" }, /are both set/],
  ["staging that is neither on nor off", { STAGING_EMULATOR: "true" }, /must be on or off/],
  ["staging with a tenant", { STAGING_EMULATOR: "on" }, /no effect on a tenant of Authsignal/],
  [
    "staging with NODE_ENV=production",
    { ...emulator, STAGING_EMULATOR: "on", NODE_ENV: "production" },
    /STAGING_EMULATOR is on with NODE_ENV=production/,
  ],
  [
    "staging with NODE_ENV=production in quotes, as an env file of Docker keeps them",
    { ...emulator, STAGING_EMULATOR: "on", NODE_ENV: '"production"' },
    /STAGING_EMULATOR is on with NODE_ENV=production/,
  ],
  [
    "staging with NODE_ENV=production of a file with CRLF",
    { ...emulator, STAGING_EMULATOR: "on\r", NODE_ENV: "Production\r" },
    /STAGING_EMULATOR is on with NODE_ENV=production/,
  ],
])("The production configuration refuses %s with a sentence", (_, change, reason) => {
  const problems = problemsOf({ ...production, ...change });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(reason);
});

test("Every secret may be in a file, with or without a line end", () => {
  const { SESSION_SECRET = "", AUTHSIGNAL_API_SECRET_KEY = "", ...rest } = production;
  const config = loadProductionConfig({
    ...rest,
    SESSION_SECRET_FILE: fileWith(`${SESSION_SECRET}\n`),
    AUTHSIGNAL_API_SECRET_KEY_FILE: fileWith(AUTHSIGNAL_API_SECRET_KEY),
    DATABASE_URL_FILE: fileWith("postgres://app:secret@db/app\r\n"),
    REDIS_URL_FILE: fileWith("rediss://:secret@cache\n"),
    SMTP_URL_FILE: fileWith("smtp://app:secret@mail:587\n"),
    MAIL_FROM: "no-reply@example.com",
    DATABASE_CONNECTIONS: "20",
  });
  expect(config).toMatchObject({
    sessionSecrets: [SESSION_SECRET],
    tenant: { apiSecretKey: AUTHSIGNAL_API_SECRET_KEY },
    databaseUrl: "postgres://app:secret@db/app",
    redisUrl: "rediss://:secret@cache",
    databaseConnections: 20,
    mail: { url: "smtp://app:secret@mail:587", from: "no-reply@example.com" },
  });
});

test.each([
  ["is not there", () => join(folder, "missing"), /^SESSION_SECRET_FILE cannot be read \(ENOENT\)/],
  ["is a folder", () => folder, /^SESSION_SECRET_FILE cannot be read \(EISDIR\)/],
  ["is empty", () => fileWith(" \n"), /^SESSION_SECRET_FILE names an empty file/],
] as const)("A secret's file that %s is refused with a sentence", (_, file, reason) => {
  const { SESSION_SECRET: __, ...rest } = production;
  expect(problemsOf({ ...rest, SESSION_SECRET_FILE: file() }).join("\n")).toMatch(reason);
});

test("STAGING_EMULATOR lets the production configuration use an emulator, and nothing else does", () => {
  const staged = loadProductionConfig({ ...production, ...emulator, STAGING_EMULATOR: "on" });
  expect(staged).toMatchObject({ stagingEmulator: true, tenant: { apiUrl: emulator.AUTHSIGNAL_API_URL } });
  expect(problemsOf({ ...production, ...emulator })).toHaveLength(2);
  expect(problemsOf({ ...production, ...emulator, STAGING_EMULATOR: "off" })).toHaveLength(2);
  expect(loadProductionConfig(production).stagingEmulator).toBe(false);
});

test("STAGING_EMULATOR is refused where `npm start` runs its own emulator", () => {
  const problems = problemsOf({ STAGING_EMULATOR: "on" }, loadLocalConfig);
  expect(problems.join("\n")).toMatch(/no effect on `npm start`/);
});
