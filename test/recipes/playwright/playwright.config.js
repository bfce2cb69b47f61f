import { defineConfig } from "@playwright/test";

const port = process.env.PORT ?? "3000";

/** Run by: authsignal-emulator exec -- playwright test */
export default defineConfig({
  // A reset and a moved clock are the whole tenant's: parallel workers need a tenant and an app each.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    baseURL: `http://localhost:${port}`,
    // An installed browser in the place of Playwright's own.
    launchOptions: { executablePath: process.env.CHROMIUM_PATH },
  },
  // The app gets the addresses, the tenant and the secret from `exec`.
  webServer: { command: "node server.js", url: `http://localhost:${port}`, env: { PORT: port } },
});
