/** What the browser can do: silence, refusal and absence are a no. */
import { afterEach, expect, test, vi } from "vitest";
import { canCreatePasskeyHere, canUseAutofill } from "../../client/passkeys/capabilities.ts";
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

test("a browser without passkeys can do nothing", async () => {
  vi.stubGlobal("PublicKeyCredential", undefined);
  expect(canUsePasskeys()).toBe(false);
  expect(await canUseAutofill()).toBe(false);
  expect(await canCreatePasskeyHere()).toBe(false);
});

test("a browser without the newest question is asked the older one", async () => {
  install({ isConditionalMediationAvailable: async () => true });
  expect(await canUseAutofill()).toBe(true);
});

test("a browser without any of the questions says no", async () => {
  install({});
  expect(await canUseAutofill()).toBe(false);
  expect(await canCreatePasskeyHere()).toBe(false);
});

test("a question that is never answered is a no after a second", async () => {
  vi.useFakeTimers();
  install({ isUserVerifyingPlatformAuthenticatorAvailable: () => new Promise(() => {}) });
  const answer = canCreatePasskeyHere();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await answer).toBe(false);
});
