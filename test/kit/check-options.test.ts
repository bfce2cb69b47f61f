import { describe, expect, test } from "vitest";
import { createClientApi } from "./client-api.ts";
import { startEmulatorFor } from "./emulator-for.ts";
import { createSoftAuthenticator } from "./soft-authenticator.ts";

// As a caller without types would write it.
const untyped = <T>(value: object): T => value as T;
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
    [() => authenticator.configure(untyped({ userConsenting: false })), '"userConsenting" of configure'],
    [() => authenticator.faultNext(untyped({ signature: "x" })), '"signature" of faultNext'],
    [() => authenticator.faultNext({ flags: untyped({ uv: false }) }), '"uv" of faultNext.flags'],
    [
      () => authenticator.faultNext({ clientData: untyped({ orign: "x" }) }),
      '"orign" of faultNext.clientData',
    ],
    [() => createClientApi(untyped({ tenantId: "t", baseURL: "x" })), '"baseURL" of createClientApi'],
  ])("%s", (call, sentence) => {
    expect(call).toThrow(sentence);
  });

  test.each([
    ["prefx", () => startEmulatorFor(untyped({ prefx: "/auth" })), '"prefx" is not known'],
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
