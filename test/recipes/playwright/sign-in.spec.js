import { expect, test } from "./emulator.js";

test("a person signs in with a seeded passkey", async ({ page, emulator }) => {
  await emulator.usePasskeys({ users: [{ userId: "ada" }] });
  await page.goto("/");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("status")).toHaveText("Welcome, ada");
});

test("a person creates a passkey after an e-mail code, and signs in with it", async ({ page, emulator }) => {
  await emulator.usePasskeys();
  await page.goto("/");
  await page.getByLabel("E-mail").fill("bob@example.com");
  await page.getByRole("button", { name: "Send code" }).click();
  await page.getByLabel("Code", { exact: true }).fill(await emulator.codeOf("bob@example.com"));
  await page.getByRole("button", { name: "Verify" }).click();
  await expect(page.getByRole("status")).toHaveText("Welcome, bob@example.com");
  await page.getByRole("button", { name: "Create a passkey" }).click();
  await expect(page.getByRole("status")).toHaveText("Created");
  await page.reload();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("status")).toHaveText("Welcome, bob@example.com");
});

test("a code of eleven minutes ago is refused, and the journal says why", async ({ page, emulator }) => {
  await page.goto("/");
  await page.getByLabel("E-mail").fill("carl@example.com");
  await page.getByRole("button", { name: "Send code" }).click();
  const code = await emulator.codeOf("carl@example.com");
  await emulator.advance(11 * 60_000);
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Verify" }).click();
  await expect(page.getByRole("status")).toHaveText("Refused");
  const [refused] = await emulator.refusals();
  expect(refused.reason).toContain("expired");
});
