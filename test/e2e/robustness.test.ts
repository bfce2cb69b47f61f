/** Slow services, odd browsers, impatient people: nobody gets stuck, and nothing is lost. */
import type { Locator, Page } from "playwright-core";
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

const slowness = 4_000;

/** Every answer of Authsignal's Client API takes this long from now on. */
async function slowDown(page: Page, milliseconds: number): Promise<void> {
  await page.route(`${app.stack.emulator.url}/v1/client/**`, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await route.continue().catch(() => {});
  });
}

test("with an Authsignal that takes 4 s, the prompt opens within 50 ms of the click, without a request", async () => {
  const { page, authenticator, autofillArmed } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await signOut(page);
  await slowDown(page, slowness);
  let prepared = 0;
  page.on("response", (response) => {
    if (response.url().endsWith("/authentication-options")) prepared += 1;
  });
  // An answer to the page of before the reload does not count.
  page.on("framenavigated", () => {
    prepared = 0;
  });
  await page.reload();
  await heading(page, "Sign in to Meadow").waitFor();
  await autofillArmed();
  // The button and autofill share these options.
  await expect.poll(() => prepared, { timeout: 3 * slowness }).toBe(1);
  await authenticator.setPresence(false);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const milliseconds = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const { credentials } = navigator;
        const get = credentials.get.bind(credentials);
        let clickedAt = 0;
        credentials.get = (options) => {
          resolve(performance.now() - clickedAt);
          return get(options);
        };
        const [passkey] = [...document.querySelectorAll("button")].filter(
          ({ dataset }) => dataset.ref === "passkey",
        );
        clickedAt = performance.now();
        passkey?.click();
      }),
  );
  console.log(`click to prompt: ${milliseconds.toFixed(1)} ms`);
  expect(milliseconds).toBeLessThan(50);
  expect(requests).toEqual([]);
});

test("an IP address leads to localhost, where passkeys work", async () => {
  const { page } = await app.open();
  const there = new URL(app.stack.origin);
  await page.route("http://127.0.0.1:*/**", (route) => {
    const url = new URL(route.request().url());
    url.hostname = "localhost";
    return route.fetch({ url: url.href }).then((response) => route.fulfill({ response }));
  });
  await page.goto(`http://127.0.0.1:${there.port}/sign-in`);
  await page.waitForURL(`${app.stack.origin}/sign-in`);
  await heading(page, "Sign in to Meadow").waitFor();
});

test("an RP ID that does not fit tells the developer the fix, and the person another way", async () => {
  const misconfigured = await startApp();
  try {
    const { page } = await misconfigured.open();
    const lines: string[] = [];
    page.on("console", (message) => lines.push(message.text()));
    await page.route("**/api/config", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), rpId: "example.com" } });
    });
    await page.route("**/authentication-options", async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      answer.options.rpId = "example.com";
      await route.fulfill({ response, json: answer });
    });
    await page.reload();
    await heading(page, "Sign in to Meadow").waitFor();
    await button(page, "Sign in with a passkey").click();
    await page.getByText("Passkeys are not set up for this website address. Continue with email.").waitFor();
    expect(lines.join("\n")).toContain('The RP ID is "example.com", but this page is on "localhost".');
    expect(await button(page, "Continue").isEnabled()).toBe(true);
  } finally {
    await misconfigured.close();
  }
});

test("with storage blocked, everything works", async () => {
  const { page, complaints } = await app.open();
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("blocked", "SecurityError");
        },
      });
    }
  });
  await page.reload();
  await signUp(page, app.stack, app.stack.newAddress());
  await expect.poll(() => passkeys(page).count()).toBe(1);
  await signOut(page);
  await button(page, "Sign in with a passkey").click();
  await heading(page, "Your account").waitFor();
  expect(complaints).toEqual([]);
});

test("with cookies blocked, no one is signed in by accident, and a sentence says what helps", async () => {
  const { page } = await app.open();
  await page.route("**/api/**", async (route) => {
    const headers = { ...route.request().headers() };
    delete headers.cookie;
    await route.continue({ headers });
  });
  await page.context().clearCookies();
  await page.getByLabel("Email address").fill(app.stack.newAddress());
  await button(page, "Continue").click();
  await page.getByLabel("Code", { exact: true }).fill("123456");
  await page.context().clearCookies();
  await button(page, "Continue").click();
  await page.getByText("allow cookies for this site").waitFor();
});

test("an extension that never answers leaves the email path open, and the prompt can be left", async () => {
  const { page } = await app.open();
  await page.addInitScript(() => {
    navigator.credentials.get = () => new Promise(() => {});
    PublicKeyCredential.getClientCapabilities = () => new Promise(() => {});
    PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable = () => new Promise(() => {});
  });
  await page.reload();
  await button(page, "Sign in with a passkey").click();
  await button(page, "Cancel").click();
  await button(page, "Cancel").waitFor({ state: "hidden" });
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await enterCode(page, app.stack, email);
  // What this device can do is unknown, and is taken for nothing.
  await heading(page, "Your account").waitFor();
});

test("Back and Forward in the middle lose nothing and lead nowhere wrong", async () => {
  const { page, complaints } = await app.open();
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await heading(page, "Check your email").waitFor();
  await page.goBack();
  await heading(page, "Sign in to Meadow").waitFor();
  expect(await page.getByLabel("Email address").inputValue()).toBe(email);
  await page.goForward();
  await heading(page, "Check your email").waitFor();
  await page.reload();
  await page.getByText(email).waitFor();
  await enterCode(page, app.stack, email);
  await heading(page, "Create a passkey?").waitFor();
  await page.reload();
  await heading(page, "Create a passkey?").waitFor();
  await page.goBack();
  await heading(page, "Your account").waitFor();
  expect(complaints).toEqual([]);
});

test("Back with a dialog open closes it with the view", async () => {
  const { page } = await app.open();
  await signInWithCode(page, app.stack, app.stack.newAddress());
  await button(page, "Not now").click();
  await heading(page, "Your account").waitFor();
  await button(page, "Add a passkey").click();
  await page.getByRole("dialog").waitFor();
  await page.goBack();
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("signing out in one tab brings the other back to signing in", async () => {
  const { page } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  const other = await page.context().newPage();
  await other.goto(`${app.stack.origin}/account`);
  await heading(other, "Your account").waitFor();
  await signOut(other);
  await heading(page, "Welcome back").waitFor();
  await page.getByRole("main").getByText("You have been signed out. Sign in again to go on.").waitFor();
});

test("a double click opens a dialog and presses nothing in it, wherever the dialog comes up", async () => {
  const { page } = await app.open({ viewport: { width: 390, height: 760 } });
  await signUp(page, app.stack, app.stack.newAddress());
  const dialog = page.getByRole("dialog");
  const questions: [opener: Locator, inside: Locator][] = [
    [button(page, "Add a passkey"), dialog.getByRole("button", { name: /^This device/ })],
    [button(page, "Delete Passkey"), dialog.getByRole("button", { name: "Delete passkey" })],
  ];
  for (const [opener, inside] of questions) {
    await opener.waitFor();
    const from = await opener.boundingBox();
    await opener.click();
    const to = await inside.boundingBox();
    await page.keyboard.press("Escape");
    if (from === null || to === null) throw new Error("There is nothing to click.");
    // The control, as a scrolled page may have it: under where the dialog puts its own.
    await page.evaluate((down) => {
      document.body.style.paddingBlockStart = `${Math.max(0, down)}px`;
      scrollBy(0, -Math.min(0, down));
    }, to.y - from.y);
    const at = await opener.boundingBox();
    if (at === null) throw new Error("There is nothing to click.");
    const x = Math.max(at.x, to.x) + 5;
    await page.mouse.dblclick(x, at.y + at.height / 2);
    await inside.waitFor();
    await page.keyboard.press("Escape");
  }
  await expect.poll(() => passkeys(page).count()).toBe(1);
});

test("double clicks do everything once", async () => {
  const { page, authenticator } = await app.open();
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").dblclick();
  await page.getByLabel("Code", { exact: true }).waitFor();
  await page.getByLabel("Code", { exact: true }).fill(await app.stack.readCode(email));
  await button(page, "Continue").dblclick();
  await heading(page, "Create a passkey?").waitFor();
  await button(page, "Create a passkey").dblclick();
  await heading(page, "Your account").waitFor();
  expect(await authenticator.countCredentials()).toBe(1);
  for (const once of ["POST /api/otp/challenge", "POST /api/otp/verify", "POST /api/validate"]) {
    expect(sent.filter((request) => request === once)).toHaveLength(1);
  }
});

test("a clock that is a day ahead blames no code, and makes nothing a day old", async () => {
  const { page } = await app.open();
  await page.clock.setSystemTime(Date.now() + 24 * 60 * 60_000);
  await page.reload();
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await heading(page, "Check your email").waitFor();
  await page.getByText("The code works for 10 minutes.").waitFor();
  await enterCode(page, app.stack, email);
  await button(page, "Create a passkey").click();
  await heading(page, "Your account").waitFor();
  await signOut(page);
  await button(page, "Sign in with a passkey").click();
  await page.getByText("Last used just now").waitFor();
});

test("the language is a choice that lasts, and keeps what was typed", async () => {
  const { page } = await app.open();
  await page.getByLabel("Email address").fill("ada@example.com");
  await button(page, "Deutsch").click();
  await heading(page, "Bei Meadow anmelden").waitFor();
  expect(await page.getByLabel("E-Mail-Adresse").inputValue()).toBe("ada@example.com");
  expect(await page.locator("html").getAttribute("lang")).toBe("de");
  expect(await page.title()).toBe("Anmelden · Meadow");
  await page.reload();
  await heading(page, "Bei Meadow anmelden").waitFor();
  await expect.poll(() => button(page, "Deutsch").getAttribute("aria-pressed")).toBe("true");
  await button(page, "English").click();
  await heading(page, "Sign in to Meadow").waitFor();
});
