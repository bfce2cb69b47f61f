/** The recipe's branch for Playwright before 1.61, which has no `context.credentials`. */
import { expect, test as recipe } from "./emulator.js";

const test = recipe.extend({
  page: async ({ page }, use) => {
    Object.defineProperty(page.context(), "credentials", { value: undefined });
    await use(page);
  },
});

test("a person signs in with a seeded passkey that DevTools gave the browser", async ({ page, emulator }) => {
  await emulator.usePasskeys({ users: [{ userId: "dora" }] });
  await page.goto("/");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("status")).toHaveText("Welcome, dora");
});
