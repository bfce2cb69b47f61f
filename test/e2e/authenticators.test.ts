/** Other authenticators than the one in the laptop, and passkeys that are not welcome any more. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type App,
  button,
  enterCode,
  heading,
  passkeys,
  signInWithCode,
  signOut,
  signUp,
  startApp,
} from "./app.ts";

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

test("a security key holds a passkey and signs in with it", async () => {
  const { page } = await app.open({ hasAuthenticator: false });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "usb",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await enterCode(page, app.stack, email);
  // No passkey can live on this device itself, so none is offered.
  await heading(page, "Your account").waitFor();

  await button(page, "Add a passkey").click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Security key/ })
    .click();
  await expect.poll(() => passkeys(page).count()).toBe(1);
  await page.getByText("On one device or security key only").waitFor();
  await signOut(page);
  await button(page, "Sign in with a passkey").click();
  // The browser has none of its own: it says so at once, and the button then asks for a key.
  await button(page, "Use a phone or a security key").click();
  await heading(page, "Your account").waitFor();
});

test("a passkey that was deleted elsewhere says so, and leaves the password manager", async () => {
  const { page, authenticator } = await app.open();
  const email = app.stack.newAddress();
  await signUp(page, app.stack, email);
  await signOut(page);
  const agent = app.stack.agent();
  app.stack.advance(60_000);
  await app.stack.signInWithOtp(agent, email);
  const [passkey] = (await agent.get("/api/passkeys").expect(200)).body;
  await agent.delete(`/api/passkeys/${passkey.id}`).expect(204);

  await button(page, "Sign in with a passkey").click();
  await page.getByText("This passkey was removed from your account. Continue with email.").waitFor();
  await expect.poll(() => authenticator.countCredentials()).toBe(0);
});

test("a response without user presence is not accepted", async () => {
  const { page, authenticator } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await signOut(page);
  await authenticator.bend({ isBadUP: true });
  await button(page, "Sign in with a passkey").click();
  await page.getByText("This passkey was not accepted. Try again, or continue with email.").waitFor();
});

test("a second device of the same person is offered its own passkey, once", async () => {
  const first = await app.open();
  const email = app.stack.newAddress();
  await signUp(first.page, app.stack, email);
  app.stack.advance(60_000);
  const second = await app.open();
  await signInWithCode(second.page, app.stack, email);
  await button(second.page, "Not now").click();
  await expect.poll(() => passkeys(second.page).count()).toBe(1);
  await second.page.reload();
  await heading(second.page, "Your account").waitFor();
});
