import { describe, expect, test } from "vitest";
import { bearerTokens } from "./bearer-agent.ts";
import { createClientApi } from "./client-api.ts";
import { startEmulatorFor } from "./emulator-for.ts";
import { guardSuite } from "./guard-suite.ts";
import { withServer } from "./listen.ts";
import { sessionPromises } from "./session-conformance.ts";
import { createSoftAuthenticator } from "./soft-authenticator.ts";
import { storagePromises } from "./storage-conformance.ts";

// As a caller without types would write it.
const untyped = <T>(value: unknown): T => value as T;
const authenticator = createSoftAuthenticator();
const rp = { id: "localhost", name: "x" };
const creation = {
  rp,
  user: { id: "dQ", name: "u", displayName: "u" },
  challenge: "AA",
  pubKeyCredParams: [],
};

describe("the kit refuses an unknown option by name", () => {
  test.each([
    [
      () => createSoftAuthenticator(untyped({ hasUserVerificaton: false })),
      '"hasUserVerificaton" of createSoftAuth',
    ],
    [
      () => createSoftAuthenticator(untyped({ transport: "bluetooth" })),
      "transport must be one of ble, hybrid",
    ],
    [() => createSoftAuthenticator({ algorithms: [] }), "algorithms must have at least 1 element"],
    [() => createSoftAuthenticator({ aaguid: "x" }), "aaguid must be a UUID such as"],
    [
      () =>
        createClientApi(
          untyped({ tenantId: "t", baseUrl: "x", origin: "http://a.example", authenticator: {} }),
        ),
      "authenticator must be what createSoftAuthenticator() returns",
    ],
    [() => guardSuite(untyped({ allow: ["db"] })), "needs your runner's afterEach"],
    [() => authenticator.configure(untyped({ userConsenting: false })), '"userConsenting" of configure'],
    [() => authenticator.faultNext(untyped({ signature: "x" })), '"signature" of faultNext'],
    [() => authenticator.faultNext({ flags: untyped({ uv: false }) }), '"uv" of faultNext.flags'],
    [
      () => authenticator.faultNext({ clientData: untyped({ orign: "x" }) }),
      '"orign" of faultNext.clientData',
    ],
    [() => createClientApi(untyped({ tenantId: "t", baseURL: "x" })), '"baseURL" of createClientApi'],
    [() => bearerTokens(untyped({ tokenin: () => "x" })), '"tokenin" of bearerAgent'],
    [() => bearerTokens(untyped({ tokenIn: "token" })), "bearerAgent.tokenIn must be a function"],
    // Without `advance` the promises that need time to pass are left out.
    [() => sessionPromises(untyped({ sessions: {}, advanced: () => {} })), '"advanced" of sessionPromises'],
    [() => sessionPromises(untyped({ session: {} })), '"session" of sessionPromises'],
    [() => storagePromises(untyped({ flow: {}, limiter: () => {} })), "storagePromises: flows is required"],
  ])("%s", (call, sentence) => {
    expect(call).toThrow(sentence);
  });

  test.each([
    [
      "a prefix without a slash",
      () => startEmulatorFor({ prefix: "auth" }),
      'prefix must be "" or begin with "/"',
    ],
    ["a prefix that ends with a slash", () => startEmulatorFor({ prefix: "/auth/" }), "and not end with it"],
    [
      "an origin without a scheme",
      () => startEmulatorFor({ origin: "localhost:3000" }),
      '"localhost:3000" has no host',
    ],
    ["an origin that is no URL", () => startEmulatorFor({ origin: "shop" }), '"shop" has no host'],
    ["no object", () => startEmulatorFor(untyped(null)), "startEmulatorFor must be an object"],
    ["a tenant that is a name", () => startEmulatorFor({ tenant: untyped("t") }), "tenant must be an obj"],
    ["prefx", () => startEmulatorFor(untyped({ prefx: "/auth" })), '"prefx" of startEmulatorFor'],
    ["a tenant's option", () => startEmulatorFor({ tenant: untyped({ limit: "off" }) }), '"limit" of tenant'],
    [
      "a ceremony's context",
      () => authenticator.create(creation, untyped({ orign: "x" })),
      '"orign" of create',
    ],
  ])("%s, in a promise", async (_what, call, sentence) => {
    await expect(call()).rejects.toThrow(sentence);
  });
});

test.each([
  ["no server", "http://127.0.0.1:9/v1", "does not answer. Is the emulator closed"],
  ["no URL", "nonsense", "does not answer. Is the emulator closed"],
])("a ceremony at a baseUrl with %s says so", async (_what, baseUrl, sentence) => {
  const client = createClientApi({ tenantId: "t", baseUrl, origin: "http://localhost:3000", authenticator });
  await expect(client.signIn({ action: "sign-in" })).rejects.toThrow(sentence);
});

test("a ceremony at the baseUrl of another server says so", async () => {
  await withServer(
    (_request, response) => response.end("<h1>Shop</h1>"),
    async (url) => {
      const client = createClientApi({ tenantId: "t", baseUrl: url, origin: url, authenticator });
      await expect(client.signIn({ action: "sign-in" })).rejects.toThrow("does not answer JSON");
    },
  );
});

test("agent without an app says what it needs", async () => {
  await using kit = await startEmulatorFor();
  expect(() => kit.agent(untyped(undefined))).toThrow("agent needs your app");
});
