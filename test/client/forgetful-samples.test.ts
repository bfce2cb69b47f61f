/** A sample that prepares nothing: the ceremonies keep ready what a click needs. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createCeremonies } from "../../client/passkeys/ceremony.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { asNavigatorCredentials } from "../kit/navigator-credentials.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";

let kit: EmulatorFor;
let uninstall = () => {};
beforeAll(async () => {
  kit = await startEmulatorFor();
});
afterEach(() => {
  vi.unstubAllGlobals();
  uninstall();
});
afterAll(() => kit.close());

function countRequests() {
  const send = globalThis.fetch;
  let sent = 0;
  vi.stubGlobal("fetch", (...request: Parameters<typeof fetch>) => {
    sent += 1;
    return send(...request);
  });
  return () => sent;
}

function recordPrompts(sent: () => number): readonly number[] {
  const webauthn = asNavigatorCredentials(createSoftAuthenticator(), "http://localhost:3000");
  const sentAtPrompt: number[] = [];
  webauthn.credentials.get = async () => {
    sentAtPrompt.push(sent());
    throw new DOMException("declined", "NotAllowedError");
  };
  uninstall = webauthn.install(window);
  return sentAtPrompt;
}

test("a sign-in without preparation by the page makes no request between the click and the prompt, the second one too", async () => {
  const sent = countRequests();
  const sentAtPrompt = recordPrompts(sent);
  let configs = 0;
  const ceremonies = createCeremonies({
    async config() {
      configs += 1;
      return kit.browser;
    },
  });
  await expect.poll(sent).toBe(2);
  await ceremonies.prepareSignIn();
  for (const click of [1, 2]) {
    expect(await ceremonies.signIn()).toEqual({ kind: "cancelled" });
    expect(sentAtPrompt).toHaveLength(click);
  }
  expect(sentAtPrompt).toEqual([2, 2]);
  expect(configs).toBe(1);
});

test("an error that a sample takes for the configuration is not kept, and the next ceremony asks again", async () => {
  recordPrompts(countRequests());
  const answers: unknown[] = [{ code: "upstream_unavailable" }, kit.browser];
  const ceremonies = createCeremonies({
    config: async () => JSON.parse(JSON.stringify(answers.shift())),
    keepSignInReady: false,
  });
  expect(await ceremonies.signIn()).toEqual({ kind: "unreachable" });
  expect(await ceremonies.signIn()).toEqual({ kind: "cancelled" });
});
