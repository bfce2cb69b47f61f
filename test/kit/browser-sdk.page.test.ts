/** The real browser SDK, unmodified, in jsdom: over the soft authenticator, against the whole stack. */
import { Authsignal } from "@authsignal/browser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actions } from "../../shared/actions.ts";
import { asNavigatorCredentials } from "./navigator-credentials.ts";
import { createSoftAuthenticator } from "./soft-authenticator.ts";
import { type Stack, startStack } from "./start-stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

test("the browser SDK signs up, signs in with the button, and signs in by autofill over the soft authenticator", async () => {
  const browser = asNavigatorCredentials(createSoftAuthenticator(), stack.origin);
  const uninstall = browser.install(window);
  try {
    const agent = stack.agent();
    const user = await stack.signInWithOtp(agent);
    const begun = await agent.post("/api/enroll-token").send({}).expect(200);
    const sdk = new Authsignal(stack.browser);

    const signedUp = await sdk.passkey.signUp({ token: begun.body.token, username: user.email });
    expect(signedUp.data?.token).toEqual(expect.any(String));

    const byButton = await sdk.passkey.signIn({ action: actions.signInWithPasskey });
    expect(byButton.data).toMatchObject({ isVerified: true, userId: user.id });

    document.body.innerHTML = `<input autocomplete="username webauthn">`;
    const pending = sdk.passkey.signIn({ action: actions.signInWithPasskey, autofill: true });
    await browser.autofill.whenPending();
    browser.autofill.pick();
    const byAutofill = await pending;
    expect(byAutofill.data).toMatchObject({ isVerified: true, userId: user.id });
  } finally {
    uninstall();
  }
});
