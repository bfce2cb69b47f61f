/** The pieces of the client in an app of somebody else, in a browser: what the guide says can be copied works. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../kit/chromium.ts";
import { openPasskeyPage, type PasskeyPage } from "../kit/passkey-page.ts";
import { type PiecesHost, startPiecesHost } from "./pieces-host.ts";

let host: PiecesHost;
let browser: Browser;
const opened: PasskeyPage[] = [];
beforeAll(async () => {
  [host, browser] = await Promise.all([startPiecesHost(), launchChromium()]);
});
afterAll(async () => {
  for (const one of opened) await one.close();
  await browser?.close();
  await host?.close();
});

async function open(): Promise<PasskeyPage> {
  const one = await openPasskeyPage(browser);
  opened.push(one);
  await one.page.addInitScript(watchPrompts);
  await one.page.goto(host.origin);
  return one;
}

/** Runs in the page: counts requests between a click and the prompt that follows it. */
function watchPrompts(): void {
  let sinceClick = 0;
  let clickedAt = 0;
  addEventListener(
    "click",
    () => {
      sinceClick = 0;
      clickedAt = performance.now();
    },
    { capture: true },
  );
  const send = window.fetch;
  window.fetch = (...request) => {
    sinceClick += 1;
    return send(...request);
  };
  const note = (options: { mediation?: string } | undefined) => {
    if (options?.mediation === "conditional") return;
    const waited = Math.round(performance.now() - clickedAt);
    document.documentElement.dataset.prompt = JSON.stringify({ sinceClick, waited });
  };
  const { credentials } = navigator;
  const get = credentials.get.bind(credentials);
  const create = credentials.create.bind(credentials);
  credentials.get = (options) => {
    note(options);
    return get(options);
  };
  credentials.create = (options) => {
    note({});
    return create(options);
  };
}

async function prompt(page: Page): Promise<{ sinceClick: number; waited: number }> {
  const text = await page.waitForFunction(() => document.documentElement.dataset.prompt);
  return JSON.parse(String(await text.jsonValue()));
}

async function send(page: Page, path: string, body: object): Promise<void> {
  await page.evaluate(
    async ([url, json]) => {
      const headers = { "Content-Type": "application/json" };
      const { ok } = await fetch(url ?? "", { method: "POST", headers, body: json ?? null });
      if (!ok) throw new Error(`${url} failed`);
    },
    [path, JSON.stringify(body)],
  );
}

async function signInWithCode(page: Page, email = host.kit.newAddress()): Promise<string> {
  await send(page, "/auth/otp/challenge", { email });
  await send(page, "/auth/otp/verify", { code: await host.kit.readCode(email) });
  return email;
}

/** An account with a passkey made by the enrollment piece; signed in. */
async function withPasskey(): Promise<PasskeyPage & { readonly email: string }> {
  const one = await open();
  const email = await signInWithCode(one.page);
  await one.page.goto(`${host.origin}/enrollment/`);
  await one.page.click("#create-passkey");
  await one.page.getByText("Passkey created.").waitFor();
  return { ...one, email };
}

const signedIn = (page: Page) => page.getByRole("heading", { name: "Signed in" }).waitFor();

test("the autofill piece signs in with the passkey that is picked", async () => {
  const { page, autofillArmed, pickFromAutofill, complaints } = await withPasskey();
  await page.context().clearCookies();
  await page.goto(`${host.origin}/autofill/`);
  await autofillArmed();
  await pickFromAutofill();
  await signedIn(page);
  expect(complaints).toEqual([]);
});

test("the button piece beside the autofill piece signs in after a cancelled prompt, and autofill comes back", async () => {
  const { page, authenticator, autofillArmed, pickFromAutofill } = await withPasskey();
  await page.context().clearCookies();
  await page.goto(`${host.origin}/both/`);
  await autofillArmed();
  await authenticator.setUserVerified(false);
  await page.click("#passkey");
  await page.getByText("No passkey used.").waitFor();
  await authenticator.setUserVerified(true);
  await autofillArmed();
  await pickFromAutofill();
  await signedIn(page);
});

test("the step-up piece satisfies the documented guard: it shows the operation, and sends the request again", async () => {
  const { page } = await withPasskey();
  await page.goto(`${host.origin}/step-up/`);
  const before = host.transfers.length;
  await page.click("#transfer");
  await page.getByText("amount: 5").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => page.title()).toBe("Not transferred");
  expect(host.transfers).toHaveLength(before);
  await page.click("#transfer");
  await page.getByRole("button", { name: "Confirm with your passkey" }).click();
  await expect.poll(() => page.title()).toBe("Transferred");
  expect(host.transfers.slice(before)).toEqual([{ amount: 5 }]);
});

test("the list piece creates, renames and deletes, and asks for the passkey where the sign-in is too old", async () => {
  const { page, authenticator } = await withPasskey();
  await page.goto(`${host.origin}/list/`);
  const items = page.getByRole("listitem");
  await page.getByRole("button", { name: /^Rename/ }).waitFor();
  page.once("dialog", (dialog) => dialog.accept("Work laptop"));
  await page.getByRole("button", { name: /^Rename/ }).click();
  await page.getByText("Work laptop").waitFor();
  host.kit.advance(11 * 60_000);
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Delete Work laptop" }).click();
  await page.getByRole("button", { name: "Confirm with your passkey" }).click();
  await page.getByText("You have no passkeys yet.").waitFor();
  await expect.poll(() => authenticator.countCredentials()).toBe(0);
  await page.reload();
  await page.getByRole("button", { name: "Create a passkey" }).click();
  await page.getByText("Passkey created.").waitFor();
  await expect.poll(() => items.getByRole("button").count()).toBe(2);
});

test("in a shadow root, the field offers passkeys, and the focus comes back after the dialog", async () => {
  const { page, autofillArmed, pickFromAutofill } = await withPasskey();
  await page.goto(`${host.origin}/component/`);
  const transfer = page.getByRole("button", { name: "Transfer" });
  await transfer.click();
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(await transfer.evaluate((button) => button.matches(":focus"))).toBe(true);
  await page.context().clearCookies();
  await autofillArmed();
  await pickFromAutofill();
  await signedIn(page);
});

test("a dialog closes with the part of the page that opened it", async () => {
  const { page } = await withPasskey();
  const dialog = page.getByRole("dialog");
  const leave = () => page.evaluate(() => dispatchEvent(new Event("leave")));
  await page.goto(`${host.origin}/component/`);
  await page.getByRole("button", { name: "Transfer" }).click();
  await dialog.waitFor();
  await leave();
  await expect.poll(() => page.title()).toBe("AbortError");
  expect(await dialog.count()).toBe(0);
  host.kit.advance(11 * 60_000);
  await page.reload();
  await page.getByRole("button", { name: "Create" }).click();
  await dialog.waitFor();
  await leave();
  expect(await dialog.count()).toBe(0);
});

test("the end of an idle sign-in button leaves the prompt of another piece open", async () => {
  const { page, authenticator } = await withPasskey();
  await page.goto(`${host.origin}/component/`);
  await page.getByRole("button", { name: "Transfer" }).click();
  await authenticator.setPresence(false);
  await page.evaluate(() => delete document.documentElement.dataset.prompt);
  const confirm = page.getByRole("button", { name: "Confirm with your passkey" });
  await confirm.click();
  await prompt(page);
  await page.evaluate(() => dispatchEvent(new Event("idle button gone")));
  expect(await confirm.getAttribute("aria-busy")).toBe("true");
  await page.getByRole("button", { name: "Cancel" }).click();
});

test("no piece makes a request between the click and the prompt, with an API of six seconds", {
  timeout: 150_000,
}, async () => {
  const waits = [];
  for (const piece of ["button", "enrollment", "step-up"] as const) {
    const { page } = await withPasskey();
    if (piece === "button") await page.context().clearCookies();
    await page.goto(`${host.origin}/${piece}/`);
    await page.evaluate(() => delete document.documentElement.dataset.prompt);
    const slow = ({ pathname }: URL) => /^\/(auth|v1)\//.test(pathname);
    await page.route(slow, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      await route.continue().catch(() => {});
    });
    if (piece !== "step-up") await page.reload();
    waits.push(promptOf(page, piece));
  }
  for (const waited of await Promise.all(waits)) {
    expect(waited.sinceClick).toBe(0);
    expect(waited.waited).toBeLessThan(500);
  }
});

async function promptOf(page: Page, piece: "button" | "enrollment" | "step-up") {
  if (piece === "step-up") await page.click("#transfer");
  const names = { button: "Sign in", enrollment: "Create", "step-up": "Confirm with your passkey" };
  // Playwright waits until the button is enabled.
  await page.getByRole("button", { name: names[piece] }).click({ timeout: 60_000 });
  return prompt(page);
}
