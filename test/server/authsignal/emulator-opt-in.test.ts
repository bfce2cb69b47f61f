/** A host reaches an emulator only where it says so by name. */
import { describe, expect, test } from "vitest";
import { createClientApiProxy } from "../../../server/authsignal/client-api-proxy.ts";
import { createSdkGateway } from "../../../server/authsignal/sdk-gateway.ts";

const tenant = {
  apiSecretKey: "a-secret-that-no-message-may-show",
  apiUrl: "https://eu.api.authsignal.com/v1",
};

function createProxy(options: { readonly apiUrl: string; readonly allowEmulator?: boolean }): unknown {
  const counter = {
    spend: async () => 0,
    giveBack: async () => {},
    blockedFor: async () => 0,
    reset: async () => {},
  };
  const limiter = () => counter;
  return createClientApiProxy({
    tenantId: "tenant",
    origins: ["https://app.example.com"],
    limiter,
    ...options,
  });
}

const emulatedUrls = [
  "http://localhost:3001/v1",
  "http://api.localhost:3001/v1",
  "https://localhost:3001/v1",
  "https://localhost./v1",
  "http://127.0.0.1:3001/v1",
  "https://127.9.9.9/v1",
  "https://0.0.0.0/v1",
  "https://2130706433/v1",
  "http://[::1]:3001/v1",
  "https://[::ffff:127.0.0.1]/v1",
  "http://emulator:3001/v1",
  "http://10.0.0.7:3001/v1",
  "http://eu.api.authsignal.com/v1",
  "HTTP://LOCALHOST/v1",
];

describe.each(emulatedUrls)("the API base %s", (apiUrl) => {
  test(`the gateway refuses ${apiUrl} unless allowEmulator is true`, () => {
    expect(() => createSdkGateway({ ...tenant, apiUrl })).toThrow(
      /^createSdkGateway: `apiUrl` must be .*pass `allowEmulator: true`, outside production only\.$/,
    );
    expect(() => createSdkGateway({ ...tenant, apiUrl, allowEmulator: false })).toThrow(TypeError);
    expect(createSdkGateway({ ...tenant, apiUrl, allowEmulator: true })).toHaveProperty("validate");
  });

  test(`the Client API proxy refuses ${apiUrl} unless allowEmulator is true`, () => {
    expect(() => createProxy({ apiUrl })).toThrow(
      /^createClientApiProxy: `apiUrl` must be .*`allowEmulator: true`/,
    );
    expect(createProxy({ apiUrl, allowEmulator: true })).toBeTypeOf("function");
  });
});

test.each(["emulator-secret-of-the-default-tenant", "emulator-secret", "Emulator-mine", "emulator-"])(
  "the gateway refuses the emulator's secret %s unless allowEmulator is true",
  (apiSecretKey) => {
    const creating = () => createSdkGateway({ ...tenant, apiSecretKey });
    expect(creating).toThrow(
      /^createSdkGateway: `apiSecretKey` must be .*an emulator's secret.*`allowEmulator: true`/,
    );
    expect(creating).not.toThrow(apiSecretKey);
    expect(createSdkGateway({ ...tenant, apiSecretKey, allowEmulator: true })).toHaveProperty("validate");
  },
);

test.each<[string, unknown]>([
  ["no secret", undefined],
  ["an empty secret", ""],
  ["a number", 7],
  ["a secret in double quotes", '"a-secret"'],
  ["a secret in single quotes", "'a-secret'"],
  ["a blank at the end", "a-secret "],
  ["a line break at the end", "a-secret\n"],
  ["a letter outside ASCII", "\u00e4-secret"],
])("the gateway refuses %s with or without an emulator, and does not repeat it", (_, apiSecretKey) => {
  for (const allowEmulator of [true, false]) {
    const options = { ...tenant, allowEmulator, ...Object.fromEntries([["apiSecretKey", apiSecretKey]]) };
    const creating = () => createSdkGateway(options);
    expect(creating).toThrow(/^createSdkGateway: `apiSecretKey` must be your tenant's/);
    expect(creating).not.toThrow("a-secret");
    expect(creating).not.toThrow("`allowEmulator: true`");
  }
});

test.each(["yes", "true", 1, {}])("the gateway refuses %j for allowEmulator", (value) => {
  const options = { ...tenant, ...Object.fromEntries([["allowEmulator", value]]) };
  expect(() => createSdkGateway(options)).toThrow("`allowEmulator` must be true or false");
});

test("the gateway refuses to be called without options", () => {
  expect(() => Reflect.apply(createSdkGateway, null, [])).toThrow("`apiSecretKey` must be your tenant's");
});

test("the gateway takes a tenant of each region without allowEmulator", () => {
  for (const region of ["api", "au.api", "eu.api"])
    expect(createSdkGateway({ ...tenant, apiUrl: `https://${region}.authsignal.com/v1` })).toHaveProperty(
      "validate",
    );
});
