/** Every view and state, looked at by axe, measured for small screens, and walked with the keyboard alone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { type App, button, heading, passkeys, startApp } from "./app.ts";
import { looks } from "./looks.ts";
import { takeTour } from "./tour.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

test.each(Object.entries(looks))(
  "every view and state is clean: %s",
  { timeout: 300_000 },
  async (_, options) => {
    const found: string[] = [];
    const toured = await startApp();
    onTestFailed(() => console.error(toured.failures().join("")));
    const look = async (stop: string, page: Page) => {
      for (const problem of await problemsOf(page)) found.push(`${stop}: ${problem}`);
    };
    try {
      await takeTour(toured, options, look);
    } finally {
      await toured.close();
    }
    expect(found).toEqual([]);
  },
);

async function problemsOf(page: Page): Promise<string[]> {
  await page.evaluate(transitionsEnded);
  // Half a megabyte: once per document.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as typeof globalThis & {
      axe: { run(options: object): Promise<AxeResults> };
    };
    const { violations } = await axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(" ")}`);
  });
  return [...violations, ...(await page.evaluate(measure))];
}

/** Runs in the page: a colour between two others has the contrast of neither. */
async function transitionsEnded(): Promise<void> {
  const transitions = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(transitions.map(({ finished }) => finished));
}

/** Runs in the page: nothing to scroll sideways for, nothing too small to hit. */
function measure(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement;
  const tooWide = scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} > ${clientWidth}`] : [];
  const controls = [...document.querySelectorAll("button, input, summary, a")];
  const small = controls.filter((control) => {
    const { width, height } = control.getBoundingClientRect();
    return width > 0 && (width < 24 || height < 24);
  });
  return [...tooWide, ...small.map(({ outerHTML }) => `smaller than 24 px: ${outerHTML}`)];
}

test("every flow works with the keyboard alone", async () => {
  const { page } = await app.open();
  const email = app.stack.newAddress();
  const press = (key: string) => page.keyboard.press(key);
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 40; presses += 1) {
      if ((await focusedName(page)) === name) return;
      await press("Tab");
    }
    throw new Error(`Tab does not reach "${name}".`);
  };

  await tabTo("Email address");
  await page.keyboard.type(email);
  await press("Enter");
  await heading(page, "Check your email").waitFor();
  expect(await focusedName(page)).toBe("Code");
  await page.keyboard.type(await app.stack.readCode(email));
  await press("Enter");
  await heading(page, "Create a passkey?").waitFor();
  expect(await focusedName(page)).toBe("Create a passkey?");
  await tabTo("Not now");
  await press("Enter");
  await heading(page, "Your account").waitFor();

  await page.getByText("You have no passkeys yet.").waitFor();
  await tabTo("Add a passkey");
  await press("Enter");
  expect(await focusedName(page)).toBe("Add a passkey");
  await press("Tab");
  await press("Enter");
  await expect.poll(() => passkeys(page).count()).toBe(1);

  await tabTo("Rename Passkey");
  await press("Enter");
  await page.keyboard.type("Mine");
  await press("Enter");
  await button(page, "Rename Mine").waitFor();
  await expect.poll(() => focusedName(page)).toBe("Rename Mine");

  app.stack.advance(20 * 60_000);
  await tabTo("Delete Mine");
  await press("Enter");
  await tabTo("Delete passkey");
  await press("Enter");
  await heading(page, "Confirm it is you").waitFor();
  await tabTo("Use your passkey");
  await press("Enter");
  await page.getByText("You have no passkeys yet.").waitFor();
  await expect.poll(() => focusedName(page)).toBe("Passkeys");

  await tabTo("Sign out");
  await press("Enter");
  await heading(page, "Sign in to Meadow").waitFor();
  await expect.poll(() => focusedName(page)).toBe("Email address");
});

/** What has the focus, by the name that is read out. */
function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (focused instanceof HTMLInputElement) return focused.labels?.[0]?.textContent?.trim() ?? "";
    return focused?.getAttribute("aria-label") ?? focused?.textContent?.trim() ?? "";
  });
}

test("in forced colours every control keeps a border that can be seen", async () => {
  const { page } = await app.open();
  await page.emulateMedia({ forcedColors: "active" });
  const borderless = await page
    .locator(".card button.button, .card input")
    .evaluateAll((controls) =>
      controls
        .filter((control) => getComputedStyle(control).borderTopColor === "rgba(0, 0, 0, 0)")
        .map(({ outerHTML }) => outerHTML),
    );
  expect(borderless).toEqual([]);
});

test("a page shows no motion to a person who asks for less of it", async () => {
  const { page, authenticator } = await app.open();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await authenticator.setPresence(false);
  await button(page, "Sign in with a passkey").click();
  await button(page, "Use a phone or a security key").click();
  const busy = page.locator('.button[aria-busy="true"]');
  await busy.waitFor();
  const iterations = await busy.evaluate(
    (element) => getComputedStyle(element, "::before").animationIterationCount,
  );
  expect(iterations).toBe("1");
});
