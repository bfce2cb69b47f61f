/**
 * An Authsignal of its own for the suites of any Express app: start it, build your app with `authsignal`,
 * `browser`, `origins` and `now` of what you get, and hand your app to `agent`.
 */
import type request from "supertest";
import type { Emulator, TenantOptions } from "../../server/emulator/index.ts";
import { loadOptional } from "../../server/http/optional-package.ts";
import { type BearerClientOptions, bearerTokens } from "./bearer-agent.ts";
import { emulatedTenantShape } from "./check-options.ts";
import { type AuthsignalSettings, startEmulatedTenant } from "./emulated-tenant.ts";
import type { Agent, Flows } from "./flows.ts";
import type { Storage } from "./router.ts";
import { openTestStorage } from "./test-storage.ts";
import { behindTls } from "./tls-agent.ts";
import { warmUp } from "./warm-up.ts";

/** What supertest can be pointed at: an app, a server, or the URL of one that runs. */
type App = NonNullable<Parameters<typeof request.agent>[0]>;

export interface EmulatorForOptions {
  /** Where people would open your app. Default `http://localhost:3000`; nothing has to listen there. */
  readonly origin?: string;
  /** Where your app mounts the router. Default `/api`. */
  readonly prefix?: string;
  /** Settings of the emulated tenant, on top of an RP ID and origin that fit yours. */
  readonly tenant?: Partial<TenantOptions>;
}

export interface EmulatorFor extends Flows {
  /** What your app would read from its environment, and `allowEmulator: true`: hand it to `createSdkGateway`. */
  readonly authsignal: AuthsignalSettings;
  /** For the router's `browser`. */
  readonly browser: { readonly tenantId: string; readonly baseUrl: string; readonly rpId: string };
  /** For the router's `origins`. */
  readonly origins: readonly string[];
  /** For the router's `now`: the emulator's clock and your app's are one. */
  readonly now: () => Date;
  /** Messages, faults, journal, seed: see the emulator's README. */
  readonly emulator: Emulator;
  /** A database that is gone with this emulator, for the router's `storage`. */
  openStorage(): Promise<Storage>;
  /**
   * A new browser on your app: keeps cookies, and says which origin its page has. At an https origin it is one behind a
   * proxy that ends TLS: the app needs the `trust proxy` of production.
   */
  agent(app: App): Agent;
  /**
   * A new client without cookies: keeps what your app puts into `Session-Token`, or the header you name, or where
   * `tokenIn` finds it in the body.
   */
  bearerAgent(app: App, options?: string | BearerClientOptions): Agent;
  /** Moves the clock of app and emulator forward. */
  advance(milliseconds: number): void;
  /** Stops the emulator and removes the databases. */
  close(): Promise<void>;
  /** The same, for `await using kit = await startEmulatorFor()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Begins to load with the module: a hook that starts an emulator has the runner's two seconds. */
const agents = agentsOfSupertest();

/** Starts an emulator on a port of the system's choosing. As many as wanted may run side by side. */
export async function startEmulatorFor(options: EmulatorForOptions = {}): Promise<EmulatorFor> {
  emulatedTenantShape.check(options, "startEmulatorFor");
  const { origin = "http://localhost:3000", ...rest } = options;
  const { flows, authsignal, browser, emulator, now, advance } = await startEmulatedTenant({
    origin,
    ...rest,
  });
  const opened: Storage[] = [];
  const newAgent = await agents;
  await warmUp();
  let closed: Promise<void> | undefined;
  const stop = async () => {
    for (const storage of opened) await storage.close();
    await emulator.close();
  };
  const close = () => {
    closed ??= stop();
    return closed;
  };

  return {
    authsignal,
    browser,
    origins: [origin],
    now,
    emulator,
    async openStorage() {
      const storage = await openTestStorage(now);
      opened.push(storage);
      return storage;
    },
    agent(app) {
      const agent = newAgent(app).set("Origin", origin);
      return origin.startsWith("https:") ? behindTls(agent) : agent;
    },
    // No Origin: a mobile app is no browser.
    bearerAgent: (app, options) => newAgent(app).use(bearerTokens(options)),
    advance,
    ...flows,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A suite that calls its app otherwise needs no supertest: without it, `agent` throws. */
async function agentsOfSupertest(): Promise<(app: App) => Agent> {
  try {
    const supertest = await loadOptional("agent", ["supertest"], () => import("supertest"));
    return (app) => {
      // supertest would answer "Cannot read properties of undefined" to the first request.
      if (app === undefined) throw new Error("agent needs your app, or the URL at which it runs.");
      return supertest.default.agent(app);
    };
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
