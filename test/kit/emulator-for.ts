/**
 * An Authsignal of its own for the suites of any Express app: start it, build your app with `authsignal`,
 * `browser`, `origins` and `now` of what you get, and hand your app to `agent`.
 */
import request from "supertest";
import type { TenantConfig } from "../../server/config/config.ts";
import {
  defaultTenant,
  type Emulator,
  startEmulator,
  type TenantOptions,
} from "../../server/emulator/index.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { bearerTokens } from "./bearer-agent.ts";
import { createClientApi } from "./client-api.ts";
import { type Agent, createFlows, type Flows } from "./flows.ts";
import { openTestStorage } from "./test-storage.ts";

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
  /** What your app would read from its environment: hand it to `createSdkGateway`. */
  readonly authsignal: TenantConfig;
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
  /** A new browser on your app: keeps cookies, and says which origin its page has. */
  agent(app: App): Agent;
  /** A new client without cookies: keeps what your app puts into `Session-Token`, or the header you name. */
  bearerAgent(app: App, header?: string): Agent;
  /** Moves the clock of app and emulator forward. */
  advance(milliseconds: number): void;
  /** Stops the emulator and removes the databases. */
  close(): Promise<void>;
}

/** Starts an emulator on a port of the system's choosing. As many as wanted may run side by side. */
export async function startEmulatorFor(options: EmulatorForOptions = {}): Promise<EmulatorFor> {
  const { origin = "http://localhost:3000", prefix = "/api", tenant = {} } = options;
  const rpId = tenant.rpId ?? new URL(origin).hostname;
  let offset = 0;
  const now = () => Date.now() + offset;
  const { tenantId, secret } = defaultTenant;
  const emulator = await startEmulator({
    tenants: [{ tenantId, secrets: [secret], rpId, expectedOrigins: [origin], ...tenant }],
    now,
  });
  const browser = { tenantId, baseUrl: emulator.apiUrl, rpId };
  const opened: Storage[] = [];

  return {
    authsignal: { tenantId, apiSecretKey: secret, apiUrl: emulator.apiUrl },
    browser,
    origins: [origin],
    now: () => new Date(now()),
    emulator,
    async openStorage() {
      const storage = await openTestStorage(() => new Date(now()));
      opened.push(storage);
      return storage;
    },
    agent: (app) => request.agent(app).set("Origin", origin),
    // No Origin: a mobile app is no browser.
    bearerAgent: (app, header) => request.agent(app).use(bearerTokens(header)),
    advance(milliseconds) {
      offset += milliseconds;
    },
    ...createFlows({
      emulatorUrl: emulator.url,
      clientApi: (authenticator) => createClientApi({ ...browser, origin, authenticator }),
      prefix,
    }),
    async close() {
      for (const storage of opened) await storage.close();
      await emulator.close();
    },
  };
}
