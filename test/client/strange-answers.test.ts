/** Successful answers that are not our API's: a proxy's page, other JSON. */
import { expect, test } from "vitest";
import { button, field, type } from "./page.ts";
import { open, reads, shown, stack } from "./suite.ts";

const strange = [
  ["A page", { body: "<!doctype html><h1>Login</h1>" }],
  ["Other JSON", { body: '{"ok":true}' }],
] as const;
const unreachable = "Cannot reach the sign-in service.";

test.each(strange)(
  "%s instead of the answer for a sent code does not open the code view",
  async (_, fault) => {
    const page = await open();
    page.breakNetwork("/otp/challenge", fault);
    type(field("Email address"), stack.newAddress());
    button("Continue").click();
    await reads(page, unreachable);
    expect(location.pathname).toBe("/sign-in");
  },
);

test.each(strange)("%s instead of a session does not sign in", async (_, fault) => {
  const page = await open();
  page.breakNetwork("/api/session", fault);
  await page.load("/account");
  expect(button("Continue")).toBeDefined();
});

test.each(strange)("%s instead of the answer to a sign-out does not sign out", async (_, fault) => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await shown("Sign out");
  page.breakNetwork("/api/session", fault);
  button("Sign out").click();
  await reads(page, unreachable);
  expect(location.pathname).toBe("/account");
});

test.each(strange)("%s instead of the passkeys does not look like an empty account", async (_, fault) => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  page.breakNetwork("/api/passkeys", fault);
  (await shown("Not now")).click();
  await reads(page, "Your passkeys could not be loaded.");
  page.breakNetwork("/api/passkeys", null);
  (await shown("Try again")).click();
  await reads(page, "You have no passkeys yet.");
});

test("A page instead of the answer to Ask me again shows an error", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Don’t ask again")).click();
  await shown("Sign out");
  page.breakNetwork("/passkey-offer", strange[0][1]);
  button("Ask me again").click();
  await reads(page, unreachable);
});
