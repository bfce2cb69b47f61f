/**
 * A page of a real browser with a passkey authenticator of its own, autofill that waits for the test, and a
 * record of everything that a clean page must not say.
 *
 * Chromium's virtual authenticator belongs to one page and survives its navigations. It answers a conditional
 * request at once, without a click; no test could press the button while autofill is on offer. The gate below
 * therefore holds conditional requests until the test picks a passkey, as the list under the field does.
 */
import type { Browser, CDPSession, Page } from "playwright-core";

export interface PasskeyPage {
  readonly page: Page;
  readonly authenticator: VirtualAuthenticator;
  /** Errors on the console, uncaught errors, CSP violations and requests that leave this machine. */
  readonly complaints: readonly string[];
  /** Resolves when a conditional request is waiting. */
  autofillArmed(): Promise<void>;
  /** The person picks the passkey offered under the field. */
  pickFromAutofill(): Promise<void>;
  close(): Promise<void>;
}

export interface VirtualAuthenticator {
  /** How many credentials it holds. */
  countCredentials(): Promise<number>;
  /** False: the person declines every prompt from now on. */
  setUserVerified(isUserVerified: boolean): Promise<void>;
  /** False: nobody reacts to a prompt; it stays open until its timeout. */
  setPresence(isPresent: boolean): Promise<void>;
  /** Bends the next responses: a signature over nothing, or a UV or UP flag that lies. */
  bend(bits: { isBogusSignature?: boolean; isBadUV?: boolean; isBadUP?: boolean }): Promise<void>;
}

export interface PasskeyPageOptions {
  /** Without an authenticator a prompt can never be answered. Default true. */
  readonly hasAuthenticator?: boolean;
  readonly colorScheme?: "light" | "dark";
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Opens a fresh context, so that no cookie, storage or passkey of another test is there. */
export async function openPasskeyPage(
  browser: Browser,
  options: PasskeyPageOptions = {},
): Promise<PasskeyPage> {
  const context = await browser.newContext({
    colorScheme: options.colorScheme ?? "light",
    viewport: options.viewport ?? { width: 1024, height: 768 },
  });
  await context.addInitScript(gateAutofill);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });

  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "localhost")
      complaints.push(`contacted: ${request.url()}`);
  });

  const cdp = await context.newCDPSession(page);
  return {
    page,
    complaints,
    authenticator: await addAuthenticator(cdp, options.hasAuthenticator ?? true),
    autofillArmed: async () => {
      await page.waitForFunction(() => document.documentElement.dataset.autofill === "armed");
    },
    pickFromAutofill: async () => {
      await page.waitForFunction(() => document.documentElement.dataset.autofill === "armed");
      await page.evaluate(() => document.dispatchEvent(new Event("test:pick-passkey")));
    },
    async close() {
      // A route that a test has bent may be at work still; what it finds closed is no fault of the page.
      await page.unrouteAll({ behavior: "ignoreErrors" });
      await context.close();
    },
  };
}

async function addAuthenticator(cdp: CDPSession, hasAuthenticator: boolean): Promise<VirtualAuthenticator> {
  await cdp.send("WebAuthn.enable", { enableUI: false });
  if (!hasAuthenticator) return noAuthenticator;
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: true,
      defaultBackupState: true,
    },
  });
  return {
    countCredentials: async () =>
      (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length,
    setUserVerified: async (isUserVerified) => {
      await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    },
    setPresence: async (enabled) => {
      await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
    },
    bend: async (bits) => {
      await cdp.send("WebAuthn.setResponseOverrideBits", { authenticatorId, ...bits });
    },
  };
}

const noAuthenticator: VirtualAuthenticator = {
  countCredentials: async () => 0,
  setUserVerified: refuse,
  setPresence: refuse,
  bend: refuse,
};

async function refuse(): Promise<never> {
  throw new Error("This page has no authenticator.");
}

/** Runs in the page before its own scripts: holds conditional requests, and puts CSP violations on the console. */
function gateAutofill(): void {
  document.addEventListener("securitypolicyviolation", (violation) => {
    console.error(`CSP violation: ${violation.effectiveDirective} ${violation.blockedURI}`);
  });
  if (!("credentials" in navigator)) return;
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = async (options) => {
    if (options?.mediation !== "conditional") return get(options);
    const { signal } = options;
    const root = document.documentElement;
    await new Promise<void>((resolve, reject) => {
      signal?.throwIfAborted();
      root.dataset.autofill = "armed";
      document.addEventListener("test:pick-passkey", () => resolve(), { once: true });
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    }).finally(() => {
      delete root.dataset.autofill;
    });
    return get(options);
  };
}
