/**
 * The app in jsdom: a network with cookies and an origin, the soft authenticator behind `navigator.credentials`, and
 * the real `@authsignal/browser` over the real stack. Tests change single answers of the network and single requests
 * to the authenticator.
 */
import { vi } from "vitest";
import { type App, startApp } from "../../client/app/app.ts";
import { asNavigatorCredentials, type BrowserWebAuthn } from "../kit/navigator-credentials.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";
import type { Stack } from "../kit/start-stack.ts";
import { button, eventually, field, openPage, type, visibleText } from "./page.ts";

/**
 * What the network does instead; `offline` is a dropped connection, `silent` never answers, `lost` drops the connection
 * after the request arrived, `until` passes it on later, or answers with its body then.
 */
export type NetworkFault =
  | "offline"
  | "silent"
  | "lost"
  | { readonly until: Promise<void>; readonly body?: string }
  | { readonly status?: number; readonly body: string };

export interface TestBrowser {
  readonly authenticator: SoftAuthenticator;
  readonly autofill: BrowserWebAuthn["autofill"];
  /** "POST /v1/client/challenge", oldest first. */
  readonly requests: readonly string[];
  /** Mediation or user-interface mode of each request to the authenticator, oldest first. */
  readonly prompts: readonly string[];
  /** What each prompt asked the browser for, oldest first. */
  readonly asked: readonly object[];
  /** The signals that reached the password manager, by name, oldest first. */
  readonly signals: readonly (readonly [name: string, detail: unknown])[];
  /** From now on requests whose path ends so get this answer; null takes it back. */
  breakNetwork(pathEnd: string, fault: NetworkFault | null): void;
  /** From now on modal prompts end in this error; null takes it back. */
  breakPrompts(error: Error | null): void;
  /** The same for the conditional requests of autofill. */
  breakAutofill(error: Error | null): void;
  /** From now on modal prompts are never answered, not even when they are aborted. */
  silencePrompts(): void;
  /** Opens the page at this path, as after typing the address or a reload. */
  load(path?: string): Promise<void>;
  text(): string;
  signInWithCode(email: string): Promise<void>;
  close(): void;
}

export interface TestBrowserOptions {
  readonly authenticator?: SoftAuthenticator;
  /** Changes what the browser can do, before the page is there. */
  readonly prepare?: (target: BrowserWebAuthn["PublicKeyCredential"]) => void;
}

export async function openBrowser(stack: Stack, options: TestBrowserOptions = {}): Promise<TestBrowser> {
  localStorage.clear();
  const authenticator = options.authenticator ?? createSoftAuthenticator();
  const webauthn = asNavigatorCredentials(authenticator, stack.origin);
  const faults = new Map<string, NetworkFault>();
  const requests: string[] = [];
  const prompts: string[] = [];
  const asked: object[] = [];
  const signals: (readonly [string, unknown])[] = [];
  let promptError: Error | null = null;
  let autofillError: Error | null = null;
  let isSilent = false;
  let app: App | undefined;
  let root: HTMLElement | undefined;

  const { get, create } = webauthn.credentials;
  webauthn.credentials.get = async (options) => {
    prompts.push(options?.mediation ?? uiModeOf(options) ?? "modal");
    if (options?.publicKey !== undefined) asked.push(options.publicKey);
    const isAutofill = options?.mediation === "conditional";
    const error = isAutofill ? autofillError : promptError;
    if (error !== null) throw error;
    if (isSilent && !isAutofill) return new Promise(() => {});
    return get.call(webauthn.credentials, options);
  };
  webauthn.credentials.create = async (options) => {
    prompts.push("create");
    if (options?.publicKey !== undefined) asked.push(options.publicKey);
    if (promptError !== null) throw promptError;
    return create.call(webauthn.credentials, options);
  };
  recordSignals(webauthn.PublicKeyCredential, signals);
  options.prepare?.(webauthn.PublicKeyCredential);
  const uninstall = webauthn.install(window);
  provideDialogs();
  const life = new AbortController();
  vi.stubGlobal("fetch", networkOf(stack, faults, requests, life.signal));

  async function load(path = "/"): Promise<void> {
    app?.stop();
    root = openPage();
    history.replaceState(null, "", path);
    app = startApp(root);
    await app.ready;
  }

  const browser: TestBrowser = {
    authenticator,
    autofill: webauthn.autofill,
    requests,
    prompts,
    asked,
    signals,
    breakNetwork(pathEnd, fault) {
      if (fault === null) faults.delete(pathEnd);
      else faults.set(pathEnd, fault);
    },
    breakPrompts(error) {
      promptError = error;
    },
    breakAutofill(error) {
      autofillError = error;
    },
    silencePrompts() {
      isSilent = true;
    },
    load,
    text: () => (root === undefined ? "" : visibleText(root)),
    async signInWithCode(email) {
      type(field("Email address"), email);
      button("Continue").click();
      await eventually(() => field("Code"));
      type(field("Code"), await stack.readCode(email));
      button("Continue").click();
      await eventually(() => {
        if (/sign-in/.test(location.pathname)) throw new Error("Not signed in yet.");
      });
    },
    close() {
      life.abort();
      app?.stop();
      vi.unstubAllGlobals();
      uninstall();
    },
  };
  await load();
  return browser;
}

/**
 * Cookies and an origin, as a browser adds them; relative addresses belong to the app. After `closed` no request
 * resolves any more: code of a closed page must not go on in the page of the next test.
 */
function networkOf(
  stack: Stack,
  faults: ReadonlyMap<string, NetworkFault>,
  requests: string[],
  closed: AbortSignal,
): typeof fetch {
  const send = globalThis.fetch;
  const cookies = new Map<string, string>();
  return async (input, init = {}) => {
    const url = new URL(String(input), stack.origin);
    // The test itself reads the outbox; that is no request of the page.
    if (url.pathname.startsWith("/emulator/")) return send(url, init);
    requests.push(`${init.method ?? "GET"} ${url.pathname}`);
    const fault = [...faults].find(([pathEnd]) => url.pathname.endsWith(pathEnd))?.[1];
    if (fault === "offline") throw new TypeError("Failed to fetch");
    if (fault === "silent") return new Promise(() => {});
    if (typeof fault === "object" && "until" in fault) {
      await fault.until;
      if (closed.aborted) return new Promise(() => {});
      if (fault.body !== undefined) return new Response(fault.body);
    } else if (fault !== undefined && fault !== "lost") {
      return new Response(fault.body, { status: fault.status ?? 200 });
    }
    const headers = new Headers(init.headers);
    headers.set("Origin", stack.origin);
    const isOurs = url.origin === stack.origin;
    if (isOurs) headers.set("Cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    const { method = "GET", body = null } = init;
    const response = await send(url, { method, headers, body });
    const content = await response.arrayBuffer();
    if (closed.aborted) return new Promise(() => {});
    if (fault === "lost") throw new TypeError("Failed to fetch");
    for (const cookie of isOurs ? response.headers.getSetCookie() : []) {
      const [name = "", value = ""] = cookie.split(";")[0]?.split("=") ?? [];
      cookies.set(name, value);
    }
    const isEmpty = content.byteLength === 0;
    return new Response(isEmpty ? null : content, { status: response.status, headers: response.headers });
  };
}

function recordSignals(
  target: BrowserWebAuthn["PublicKeyCredential"],
  into: (readonly [string, unknown])[],
): void {
  const names = [
    "signalUnknownCredential",
    "signalAllAcceptedCredentials",
    "signalCurrentUserDetails",
  ] as const;
  for (const name of names) {
    const send: (detail: never) => Promise<void> = target[name].bind(target);
    Reflect.set(target, name, (detail: never) => {
      into.push([name, detail]);
      return send(detail);
    });
  }
}

/** Newer than the types of the DOM. */
function uiModeOf(options: object | undefined): string | undefined {
  return options !== undefined && "uiMode" in options ? String(options.uiMode) : undefined;
}

/** jsdom has the element without its methods. */
function provideDialogs(): void {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
}
