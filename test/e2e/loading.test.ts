/** What arrives when: the first view waits for nothing that it does not need, and nothing jumps. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import {
  type App,
  button,
  comeBackLater,
  enterCode,
  heading,
  passkeys,
  signInWithCode,
  signUp,
  startApp,
} from "./app.ts";

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

/** The part that carries the SDK, by the name that the build gives it. */
const passkeyPart = /\/assets\/passkey-part-[\w-]+\.js$/;
const laterStyles = /\/assets\/lazy-[\w-]+\.css$/;
const laterPart = /\/assets\/(lazy-views|later)-[\w-]+\.js$/;

test("while the SDK is still on its way, a person signs in with a code", async () => {
  const { page } = await app.open();
  await page.route(passkeyPart, () => new Promise(() => {}));
  await page.reload({ waitUntil: "commit" });
  await heading(page, "Sign in to Meadow").waitFor();
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await enterCode(page, app.stack, email);
  await heading(page, "Create a passkey?").waitFor();
});

test("where the SDK cannot be loaded, the button says so, and works once it can", async () => {
  const { page } = await app.open();
  await page.route(passkeyPart, (route) => route.abort());
  await page.reload();
  await button(page, "Sign in with a passkey").click();
  await page.getByText("Cannot reach the sign-in service.").waitFor();
  expect(await button(page, "Continue").isEnabled()).toBe(true);
  await page.unroute(passkeyPart);
  await button(page, "Sign in with a passkey").click();
  await page.getByText("No passkey used.").waitFor();
});

test("a view that cannot be loaded says so, and comes when it can be", async () => {
  const { page } = await app.open();
  await page.route(laterPart, (route) => route.abort());
  await page.reload();
  await heading(page, "Sign in to Meadow").waitFor();
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await heading(page, "No connection").waitFor();
  await page.unroute(laterPart);
  await button(page, "Try again").click();
  await page.getByText(email).waitFor();
});

test("where the greeting cannot be loaded, the first view is there instead", async () => {
  const { page } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await page.route(laterPart, (route) => route.abort());
  await comeBackLater(page, app.stack);
  await heading(page, "Sign in to Meadow").waitFor();
  await page.unroute(laterPart);
  await page.reload();
  await heading(page, "Welcome back").waitFor();
  expect(await page.getByLabel("Email address").count()).toBe(0);
});

test("styles that cannot be loaded keep a view away until they can be", async () => {
  const { page } = await app.open();
  await page.route(laterStyles, (route) => route.abort());
  await page.reload();
  await heading(page, "Sign in to Meadow").waitFor();
  await page.getByLabel("Email address").fill(app.stack.newAddress());
  await button(page, "Continue").click();
  await heading(page, "No connection").waitFor();
  await page.unroute(laterStyles);
  await button(page, "Try again").click();
  const code = page.getByLabel("Code", { exact: true });
  await code.waitFor();
  expect(await code.evaluate((input) => getComputedStyle(input).letterSpacing)).not.toBe("normal");
});

test("the first view is small: its JavaScript, styles and words stay below 8 kB in every language", () => {
  const assets = fileURLToPath(new URL("../../dist/client/assets/", import.meta.url));
  const sizes = readdirSync(assets)
    .filter((name) => /^index-.*\.(js|css)$|^first-.*\.js$/.test(name))
    .map((name) => ({ name, bytes: gzipSync(readFileSync(assets + name)).length }));
  const total = (start: string) =>
    sizes.filter(({ name }) => name.startsWith(start)).map(({ bytes }) => bytes);
  const page = total("index-").reduce((sum, bytes) => sum + bytes, 0);
  expect(page + Math.max(...total("first-"))).toBeLessThan(8_000);
});

test("no file of the page names a source map, which the server does not serve", () => {
  const assets = fileURLToPath(new URL("../../dist/client/assets/", import.meta.url));
  const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
  expect(scripts).not.toEqual([]);
  expect(scripts.filter((name) => readFileSync(assets + name, "utf8").includes("sourceMappingURL"))).toEqual(
    [],
  );
});

test("the email field can be used while neither the script nor the API has answered, and keeps what is typed", async () => {
  const { page } = await app.open();
  const released: (() => void)[] = [];
  await page.route(/\/assets\/index-[\w-]+\.js$|\/api\/session$/, async (route) => {
    await new Promise<void>((resolve) => released.push(resolve));
    await route.continue();
  });
  await page.reload({ waitUntil: "commit" });
  const email = page.getByLabel("Email address");
  await email.waitFor();
  expect(await email.evaluate((input) => input === document.activeElement)).toBe(true);
  const address = app.stack.newAddress();
  await page.keyboard.type(address);
  await page.keyboard.press("Enter");
  expect(await email.inputValue()).toBe(address);
  await page.getByText("This page is not complete yet.").waitFor({ timeout: 15_000 });
  // The script arrives; the answer about the session does not.
  released[0]?.();
  await page.getByText("This page is not complete yet.").waitFor({ state: "detached" });
  expect(await email.inputValue()).toBe(address);
  await button(page, "Continue").click();
  await page.getByLabel("Code", { exact: true }).waitFor();
  for (const release of released) release();
});

test("without JavaScript the place of the form says so", async () => {
  const { page } = await app.open();
  const html = await (await page.request.get(app.stack.origin)).text();
  expect(html.indexOf("<noscript>")).toBeGreaterThan(html.indexOf('<main id="view"'));
  expect(html.indexOf("<noscript>")).toBeLessThan(html.indexOf("</main>"));
});

test("the first view makes at most twelve requests, with autofill and the button ready", async () => {
  const { page, autofillArmed } = await app.open();
  await button(page, "Deutsch").waitFor();
  await autofillArmed();
  await page.goto("about:blank");
  const requests: string[] = [];
  page.on("request", (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto(app.stack.origin);
  await autofillArmed();
  await button(page, "Deutsch").waitFor();
  expect(requests.length, requests.join("\n")).toBeLessThanOrEqual(12);
});

test("the code view keeps address and focus after a reload, and Back knows the address", async () => {
  const { page } = await app.open();
  const address = app.stack.newAddress();
  await page.getByLabel("Email address").fill(address);
  await button(page, "Continue").click();
  const code = page.getByLabel("Code", { exact: true });
  await code.waitFor();
  await page.reload();
  await code.waitFor();
  await expect.poll(() => code.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.goBack();
  await expect.poll(() => page.getByLabel("Email address").inputValue()).toBe(address);
});

test("nothing jumps while the first view fills", async () => {
  const { page } = await app.open();
  await watchShifts(page);
  await page.reload();
  await button(page, "Deutsch").waitFor();
  expect(await shifts(page)).toBe(0);
});

test.each([
  [0, 1024],
  [5, 1024],
  [0, 360],
  [5, 360],
])("nothing jumps while an account with %i passkeys fills at %i px", async (count, width) => {
  const { page } = await app.open({ viewport: { width, height: 768 } });
  const agent = app.stack.agent();
  const { email } = await app.stack.signInWithOtp(agent);
  for (let made = 0; made < count; made += 1) {
    await app.stack.enrollPasskey(agent, createSoftAuthenticator());
  }
  await watchShifts(page);
  app.stack.advance(60_000);
  await signInWithCode(page, app.stack, email);
  await button(page, "Not now").click();
  await heading(page, "Your account").waitFor();
  // A list that takes its time, long after any input.
  await page.route("**/api/passkeys", async (route) => {
    await page.getByText("Signed in as").waitFor();
    await route.continue();
  });
  await page.reload();
  await page.getByText("About passkeys").waitFor();
  await expect.poll(() => passkeys(page).count()).toBe(count);
  await button(page, "Deutsch").waitFor();
  expect(await shifts(page)).toBeLessThan(0.01);
});

async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const value = "value" in entry && typeof entry.value === "number" ? entry.value : 0;
        const { dataset } = document.documentElement;
        dataset.shifts = String(Number(dataset.shifts ?? 0) + value);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

function shifts(page: Page): Promise<number> {
  return page.evaluate(() => Number(document.documentElement.dataset.shifts ?? 0));
}
