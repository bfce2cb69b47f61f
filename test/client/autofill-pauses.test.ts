/** How often autofill asks when something ends its requests, and that a late end of one does not lose the next. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createAutofill } from "../../client/passkeys/autofill.ts";
import { createCeremonies } from "../../client/passkeys/ceremony.ts";
import type { CeremonyOutcome, FailureKind } from "../../client/passkeys/ceremony-outcome.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { gate } from "../kit/gate.ts";
import { asNavigatorCredentials } from "../kit/navigator-credentials.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";

let kit: EmulatorFor;
let uninstall = () => {};
beforeAll(async () => {
  kit = await startEmulatorFor();
});
afterEach(() => {
  vi.useRealTimers();
  uninstall();
});
afterAll(() => kit.close());

function installBrowser() {
  const webauthn = asNavigatorCredentials(createSoftAuthenticator(), "http://localhost:3000");
  uninstall = webauthn.install(window);
  return webauthn;
}

/** Autofill over prompts that end after this many milliseconds; counts them. */
function autofillOver(kind: FailureKind, lasting: number) {
  const startedAt: number[] = [];
  const autofill = createAutofill({
    ceremonies: {
      prepareSignIn: async () => true,
      async signInByAutofill() {
        startedAt.push(Date.now());
        await new Promise((resolve) => setTimeout(resolve, lasting));
        return { kind };
      },
      cancelAutofill: () => {},
    },
    onOutcome: () => {},
    every: 600_000,
  });
  const begun = Date.now();
  autofill.resume();
  return { autofill, seconds: () => startedAt.map((at) => Math.floor((at - begun) / 1_000)) };
}

test("requests that end at once are repeated after growing pauses, not in a loop", async () => {
  vi.useFakeTimers();
  installBrowser();
  const { autofill, seconds } = autofillOver("authenticatorFailed", 1);
  await vi.advanceTimersByTimeAsync(20_000);
  autofill.pause();
  expect(seconds()).toEqual([0, 1, 3, 7, 15]);
});

test("a request that a person ended after a while is repeated at once, and the pauses begin anew", async () => {
  vi.useFakeTimers();
  installBrowser();
  const { autofill, seconds } = autofillOver("cancelled", 5_000);
  await vi.advanceTimersByTimeAsync(21_000);
  autofill.pause();
  expect(seconds()).toEqual([0, 5, 10, 15, 20]);
});

test.each(["unsupported", "misconfigured"] as const)(
  "a browser in which autofill is %s is asked once",
  async (kind) => {
    vi.useFakeTimers();
    installBrowser();
    const { seconds } = autofillOver(kind, 1);
    await vi.advanceTimersByTimeAsync(1_800_000);
    expect(seconds()).toEqual([0]);
  },
);

/** Browsers and the SDK look for a field that autofill may fill. */
function showSignInField(): void {
  const field = document.createElement("input");
  field.autocomplete = "username webauthn";
  document.body.replaceChildren(field);
}

test("a renewed request waits until the browser has let go of the one before, and is not lost", async () => {
  const webauthn = installBrowser();
  showSignInField();
  const letGo = gate();
  const { get } = webauthn.credentials;
  // A browser that takes its time to settle an aborted request.
  webauthn.credentials.get = (options) =>
    get.call(webauthn.credentials, options).catch(async (error: unknown) => {
      await letGo.opened;
      throw error;
    });
  const ceremonies = createCeremonies({ config: async () => kit.browser, keepSignInReady: false });
  const first = ceremonies.signInByAutofill();
  await webauthn.autofill.whenPending();
  await ceremonies.prepareSignIn();
  ceremonies.cancelAutofill();
  expect(await first).toEqual({ kind: "aborted" });

  const outcomes: CeremonyOutcome[] = [];
  const second = ceremonies.signInByAutofill().then((outcome) => outcomes.push(outcome));
  // As long as two requests to Authsignal take, the second request for a passkey could have ended in nothing.
  await ceremonies.prepareSignIn();
  expect(outcomes).toEqual([]);
  letGo.open();
  await webauthn.autofill.whenPending();
  ceremonies.cancelAutofill();
  await second;
  expect(outcomes).toEqual([{ kind: "aborted" }]);
});
