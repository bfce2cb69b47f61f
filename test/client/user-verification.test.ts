/** What the page writes into the options of a ceremony: the name of the passkey, and that the person is verified. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { eventually } from "./page.ts";
import { open, reads, shown, stack, withPasskey } from "./suite.ts";

test("A passkey has the person's address for a name, and Authsignal never sees it as a user name", async () => {
  const page = await open();
  const email = stack.newAddress();
  await page.signInWithCode(email);
  (await shown("Create a passkey")).click();
  await reads(page, "Passkey created.");
  expect(page.authenticator.credentials()).toMatchObject([{ userName: email, displayName: email }]);
  const asked = stack.emulator.journal({ operation: "passkey-registration-options" });
  expect(JSON.stringify(asked)).not.toContain(email);
});

test("An authenticator that cannot verify the person creates no passkey", async () => {
  const page = await open({ authenticator: createSoftAuthenticator({ hasUserVerification: false }) });
  await page.signInWithCode(stack.newAddress());
  (await shown("Create a passkey")).click();
  await eventually(() => expect(page.prompts).toContain("create"));
  await shown("Create a passkey");
  expect(page.authenticator.credentials()).toEqual([]);
});

test("An authenticator that cannot verify the person confirms no step-up", async () => {
  const { authenticator, user } = await withPasskey(createSoftAuthenticator({ hasUserVerification: false }));
  expect(authenticator.credentials()).toHaveLength(1);
  const agent = stack.agent();
  await stack.signInWithOtp(agent, user.email);
  const begun = await agent.post("/api/step-up-token").send({ action: "manage-passkeys" }).expect(200);
  expect(begun.body.userVerification).toBe("required");
});
