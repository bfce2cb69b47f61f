/** The app as a person meets it: the built SPA over the whole stack, in a browser with a passkey authenticator. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import type { Language } from "../../client/words/language.ts";
import { launchChromium } from "../kit/chromium.ts";
import { openPasskeyPage, type PasskeyPage, type PasskeyPageOptions } from "../kit/passkey-page.ts";
import { type Stack, type StackOptions, startStack } from "../kit/start-stack.ts";
import { type Say, wordsIn } from "./words.ts";

const pagesFolder = fileURLToPath(new URL("../../dist/client/", import.meta.url));

export interface App {
  readonly stack: Stack;
  /** A fresh browser profile on the app's first page. */
  open(options?: Look): Promise<PasskeyPage>;
  /** Another app in the same browser, under other policies. Close it as well. */
  startBeside(policies: StackOptions["policies"]): Promise<App>;
  /** What this app and those beside it have logged about failed requests: the reason when a view does not come. */
  failures(): readonly string[];
  close(): Promise<void>;
}

/** How a person has set up their browser. */
export interface Look extends PasskeyPageOptions {
  /** Chosen on an earlier visit. Default English. */
  readonly language?: Language;
  /** The size of text in the browser's settings. Default 100 %. */
  readonly textSize?: `${number}%`;
  readonly forcedColors?: "active";
}

/** The stack with the built SPA. */
export async function startStackWithPages(policies?: StackOptions["policies"]): Promise<Stack> {
  if (!existsSync(`${pagesFolder}index.html`)) throw new Error("The SPA is not built: run `npm run build`.");
  return startStack({ pagesFolder, ...(policies !== undefined && { policies }) });
}

export async function startApp(): Promise<App> {
  const browser = await launchChromium();
  const stack = await startStackWithPages().catch(async (error: unknown) => {
    await browser.close();
    throw error;
  });
  const app = appOn(browser, stack);
  return {
    ...app,
    async close() {
      await app.close();
      await browser.close();
    },
  };
}

function appOn(browser: Browser, stack: Stack): App {
  const opened: PasskeyPage[] = [];
  const beside: App[] = [];
  return {
    stack,
    async startBeside(policies) {
      const another = appOn(browser, await startStackWithPages(policies));
      beside.push(another);
      return another;
    },
    failures: () => [
      ...stack.logs().filter((line) => /"status":[45]\d\d/.test(line)),
      ...beside.flatMap((app) => app.failures()),
    ],
    async open(options = {}) {
      const page = await openPasskeyPage(browser, options);
      opened.push(page);
      await apply(options, page.page);
      await page.page.goto(stack.origin);
      const say = await wordsIn(options.language ?? "en");
      await heading(page.page, say("signIn.heading")).waitFor();
      return page;
    },
    async close() {
      for (const page of opened) await page.close();
      await stack.close();
    },
  };
}

async function apply({ language, textSize, forcedColors }: Look, page: Page): Promise<void> {
  if (forcedColors !== undefined) await page.emulateMedia({ forcedColors });
  if (language !== undefined) {
    await page.addInitScript((chosen) => {
      if (location.protocol !== "about:") localStorage.setItem("passkeys.language", chosen);
    }, language);
  }
  if (textSize !== undefined) {
    await page.addInitScript((size) => {
      document.addEventListener("readystatechange", () => {
        document.documentElement.style.fontSize = size;
      });
    }, textSize);
  }
}

/** The code view, with the code from the outbox. Only when the view is there has the mail gone out. */
export async function enterCode(page: Page, stack: Stack, email: string): Promise<void> {
  const code = page.getByLabel("Code", { exact: true });
  await code.waitFor();
  await code.fill(await stack.readCode(email));
  await button(page, "Continue").click();
}

/** From the sign-in view to the offer of a passkey, with a code from the outbox. */
export async function signInWithCode(page: Page, stack: Stack, email: string): Promise<void> {
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await enterCode(page, stack, email);
  await heading(page, "Create a passkey?").waitFor();
}

/** From the sign-in view to the account, with a new passkey. */
export async function signUp(page: Page, stack: Stack, email: string): Promise<void> {
  await signInWithCode(page, stack, email);
  await button(page, "Create a passkey").click();
  await heading(page, "Your account").waitFor();
}

export async function signOut(page: Page): Promise<void> {
  await button(page, "Sign out").click();
  await heading(page, "Sign in to Meadow").waitFor();
}

/** A later visit, when the session is over. Leaves the page first: an answer under way would set the cookie again. */
export async function comeBackLater(page: Page, stack: Stack): Promise<void> {
  await page.goto("about:blank");
  await page.context().clearCookies();
  await page.goto(stack.origin);
}

export function heading(page: Page, name: string) {
  return page.getByRole("heading", { name, exact: true });
}

export function button(page: Page, name: string) {
  return page.getByRole("button", { name, exact: true });
}

export function passkeys(page: Page) {
  return page.getByRole("list", { name: "Passkeys" }).getByRole("listitem");
}

/** The same in any language. */
export function passkeysOf(page: Page, say: Say) {
  return page.getByRole("list", { name: say("account.passkeys") }).getByRole("listitem");
}
