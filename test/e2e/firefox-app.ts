/** The app as app.ts has it, in Firefox, with Firefox's virtual authenticators. */
import type { BrowserContext, Page } from "playwright-core";
import type { Stack } from "../kit/start-stack.ts";
import { heading, startStackWithPages } from "./app.ts";
import { launchFirefox, type Preferences } from "./firefox.ts";
import { addAuthenticator, type FirefoxAuthenticator, type Transport } from "./firefox-authenticator.ts";

export interface FirefoxApp {
  readonly stack: Stack;
  /** A fresh context on the app's first page, with one authenticator; the page that was open before is closed. */
  open(options?: FirefoxPageOptions): Promise<FirefoxPage>;
  /** Takes the authenticator away and puts another one in its place: a person who changes devices. */
  changeAuthenticator(transport: Transport): Promise<FirefoxAuthenticator>;
  close(): Promise<void>;
}

export interface FirefoxPageOptions {
  readonly transport?: Transport;
  /** Leave "platform" in creation requests, which the virtual authenticator refuses. Default false. */
  readonly mayAskForPlatform?: boolean;
}

export interface FirefoxPage {
  readonly page: Page;
  readonly authenticator: FirefoxAuthenticator;
  /** Errors on the console, uncaught errors, CSP violations and requests that leave this machine. */
  readonly complaints: readonly string[];
  /** Resolves when a conditional request is waiting. */
  autofillArmed(): Promise<void>;
}

export async function startFirefoxApp(preferences: Preferences = {}): Promise<FirefoxApp> {
  const stack = await startStackWithPages();
  const { browser, marionette, ...firefox } = await launchFirefox(preferences).catch(
    async (error: unknown) => {
      await stack.close();
      throw error;
    },
  );
  let context: BrowserContext | undefined;
  let authenticator: FirefoxAuthenticator | undefined;

  // An authenticator belongs to all of Firefox: one that stayed would answer for the next test's person.
  async function changeAuthenticator(transport: Transport): Promise<FirefoxAuthenticator> {
    await authenticator?.remove();
    authenticator = await addAuthenticator(marionette, transport);
    return authenticator;
  }

  return {
    stack,
    changeAuthenticator,
    async open({ transport = "internal", mayAskForPlatform = false } = {}) {
      await context?.close();
      const added = await changeAuthenticator(transport);
      context = await browser.newContext({ viewport: { width: 1024, height: 768 } });
      await context.addInitScript(watchAutofill);
      if (!mayAskForPlatform) await context.addInitScript(askForAnyAuthenticator);
      const page = await context.newPage();
      const complaints = listenForComplaints(page);
      await page.goto(stack.origin);
      await heading(page, "Sign in to Meadow").waitFor();
      return {
        page,
        authenticator: added,
        complaints,
        autofillArmed: async () => {
          await page.waitForFunction(() => document.documentElement.dataset.autofill === "armed");
        },
      };
    },
    async close() {
      await firefox.close();
      await stack.close();
    },
  };
}

function listenForComplaints(page: Page): readonly string[] {
  const complaints: string[] = [];
  // Firefox reports a CSP violation as an uncaught error.
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "localhost")
      complaints.push(`contacted: ${request.url()}`);
  });
  return complaints;
}

/** Runs in the page before its own scripts: says while a conditional request is pending. */
function watchAutofill(): void {
  // There is none where the page is not a secure context (about:blank), or where a preference switched it off.
  if (!("credentials" in navigator)) return;
  const { credentials } = navigator;
  if (credentials === undefined) return;
  const get = credentials.get.bind(credentials);
  credentials.get = async (options) => {
    if (options?.mediation !== "conditional") return get(options);
    const root = document.documentElement;
    root.dataset.autofill = "armed";
    return get(options).finally(() => {
      delete root.dataset.autofill;
    });
  };
}

/**
 * Runs in the page before its own scripts. Firefox ESR 153 says that a platform authenticator is there when a virtual
 * one with the transport `internal` is, but refuses every creation that asks for `platform` with NotAllowedError after
 * some 20 ms; the same request without this one word succeeds, and its answer says `platform`. Measured on Linux, where
 * no Firefox has a real platform authenticator.
 */
function askForAnyAuthenticator(): void {
  if (!("credentials" in navigator) || navigator.credentials === undefined) return;
  const { credentials } = navigator;
  const create = credentials.create.bind(credentials);
  credentials.create = async (options) => {
    const { authenticatorAttachment: _, ...selection } = options?.publicKey?.authenticatorSelection ?? {};
    if (options?.publicKey === undefined) return create(options);
    return create({ ...options, publicKey: { ...options.publicKey, authenticatorSelection: selection } });
  };
}
