/** What the browser can do: no answer, an error and a missing method count as no. */
import { afterEach, expect, test, vi } from "vitest";
import { canCreatePasskeyHere, canUseAutofill, canUseRpId } from "../../client/passkeys/capabilities.ts";
import { canUsePasskeys } from "../../client/passkeys/passkey-support.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  Reflect.deleteProperty(navigator, "credentials");
});

function install(methods: object): void {
  vi.stubGlobal(
    "PublicKeyCredential",
    Object.assign(function PublicKeyCredential() {}, methods),
  );
  Object.defineProperty(navigator, "credentials", { configurable: true, value: {} });
}

test("A browser without passkeys has no autofill and creates no passkeys", async () => {
  vi.stubGlobal("PublicKeyCredential", undefined);
  expect(canUsePasskeys()).toBe(false);
  expect(await canUseAutofill()).toBe(false);
  expect(await canCreatePasskeyHere()).toBe(false);
});

test("A browser without getClientCapabilities is asked by isConditionalMediationAvailable", async () => {
  install({ isConditionalMediationAvailable: async () => true });
  expect(await canUseAutofill()).toBe(true);
});

test("A browser without any capability method counts as no", async () => {
  install({});
  expect(await canUseAutofill()).toBe(false);
  expect(await canCreatePasskeyHere()).toBe(false);
});

test("A capability question that is never answered counts as no after a second", async () => {
  vi.useFakeTimers();
  install({ isUserVerifyingPlatformAuthenticatorAvailable: () => new Promise(() => {}) });
  const answer = canCreatePasskeyHere();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await answer).toBe(false);
});

test.each([
  ["localhost", false, true],
  ["example.org", true, true],
  ["example.org", false, false],
])(
  "A page on localhost may use the RP ID %s where related origins are known: %s, answer %s",
  async (rpId, known, answer) => {
    install({ getClientCapabilities: async () => ({ relatedOrigins: known }) });
    expect(await canUseRpId(rpId)).toBe(answer);
  },
);
