/**
 * The one builder of stacks: an app over a database of its own, and the emulator in the place of Authsignal, each on
 * a port of the system's choosing. Nothing is mocked: requests go through HTTP and ceremonies are signed.
 * `startStack` and the lab of test/server are its two faces.
 */
import { randomUUID } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AppDeps, createApp } from "../../server/app/app.ts";
import { boundConnections } from "../../server/app/listening.ts";
import { builtPages } from "../../server/app/pages.ts";
import { createSdkGateway } from "../../server/authsignal/sdk-gateway.ts";
import type { TenantOptions } from "../../server/emulator/index.ts";
import { createLogger } from "../../server/http/log.ts";
import type { TrustedProxies } from "../../server/http/proxy-trust.ts";
import { createNotices, type KeptNotices } from "../../server/notices/create-notices.ts";
import type { NoticesOptions } from "../../server/notices/notices-options.ts";
import type { PasskeysPolicies } from "../../server/passkeys/index.ts";
import type { AuthsignalGateway } from "../../server/passkeys/ports/authsignal.ts";
import { type CapturedLog, captureLog } from "./captured-log.ts";
import { type EmulatedTenant, startEmulatedTenant } from "./emulated-tenant.ts";
import { closeServer, listen } from "./listen.ts";
import { openTestStorage, type TestStorage, type TestStorageOptions } from "./test-storage.ts";

export interface StackParts {
  /** Settings of the emulated tenant, on top of an RP ID and origin that fit the stack. */
  readonly tenant?: Partial<TenantOptions>;
  /** How long the app waits for Authsignal, in milliseconds. Default: as in production. */
  readonly deadlineMs?: number;
  /** The router's policies, such as limits and step-up actions. Default: as in production. */
  readonly policies?: PasskeysPolicies;
  /** The folder of the built SPA. Default: the stack serves the API only. */
  readonly pagesFolder?: string;
  /** Where people open the app. Default: where it listens. */
  readonly origin?: string;
  /** How many reverse proxies stand in front, or their subnets. Default 0. */
  readonly trustProxy?: TrustedProxies;
  /** The way to the storage's servers. Default: straight. */
  readonly storage?: TestStorageOptions;
  /** The app's way to Authsignal, from the emulator's URL. Default: straight. */
  readonly through?: (apiUrl: string) => Promise<string>;
  /** Takes notices to people. Default: none are made. */
  readonly notify?: NoticesOptions["notify"];
  /** Another app than this repository's, of the same parts. */
  readonly app?: (deps: StackAppDeps) => RequestListener;
}

export type StackAppDeps = AppDeps & Required<Pick<AppDeps, "now" | "trustProxy">>;

export interface InstanceOptions {
  /** How far its clock runs ahead of the others', in milliseconds; negative: behind. Default 0. */
  readonly aheadMs?: number;
}

export interface BuiltStack extends EmulatedTenant {
  /** Where the app listens, `http://localhost:<port>`. */
  readonly url: string;
  /** Where its people think it is. */
  readonly origin: string;
  /** The app's own way to Authsignal. */
  readonly gateway: AuthsignalGateway;
  readonly storage: TestStorage;
  /** Null without `notify`. */
  readonly notices: KeptNotices | null;
  readonly log: CapturedLog;
  /** Starts another instance of the app on the same storage. Resolves with its URL. */
  startInstance(options?: InstanceOptions): Promise<string>;
  stopEmulator(): Promise<void>;
  close(): Promise<void>;
}

export async function buildStack(parts: StackParts = {}): Promise<BuiltStack> {
  const log = captureLog();
  const server = createServer();
  boundConnections(server);
  const { url } = await listen(server);
  const { origin = url, tenant = {} } = parts;
  const emulated = await startEmulatedTenant({ origin, tenant, keepSecret: log.keepSecret });
  const { emulator, authsignal, browser, now } = emulated;
  log.keepSecret(authsignal.apiSecretKey);
  const storage = await openTestStorage(now, parts.storage);
  const sessionSecret = randomUUID();
  const { notify } = parts;
  const link = { url: `${origin}/api/not-me`, secret: sessionSecret };
  const notices = notify === undefined ? null : createNotices({ storage, notify, link, now });
  const gateway = createSdkGateway({
    apiSecretKey: authsignal.apiSecretKey,
    apiUrl: (await parts.through?.(emulator.apiUrl)) ?? emulator.apiUrl,
    allowEmulator: true,
    ...(parts.deadlineMs !== undefined && { deadlineMs: parts.deadlineMs }),
  });
  const deps: StackAppDeps = {
    authsignal: gateway,
    storage,
    log: createLogger(log.destination),
    origin,
    sessionSecret,
    notices,
    browser,
    pages: parts.pagesFolder === undefined ? (_req, _res, next) => next() : builtPages(parts.pagesFolder),
    trustProxy: parts.trustProxy ?? 0,
    ...(parts.policies !== undefined && { policies: parts.policies }),
    now,
  };
  const app = parts.app ?? createApp;
  server.on("request", app(deps));

  const instances: { readonly server: Server; readonly storage: { close(): Promise<void> } }[] = [];
  let stopped: Promise<void> | undefined;
  const stopEmulator = () => {
    stopped ??= emulator.close();
    return stopped;
  };
  return {
    ...emulated,
    url,
    origin,
    gateway,
    storage,
    notices,
    log,
    async startInstance({ aheadMs = 0 } = {}) {
      const clock = () => new Date(now().getTime() + aheadMs);
      const again = await storage.connectAgain(clock);
      const instance = { server: createServer(app({ ...deps, storage: again, now: clock })), storage: again };
      instances.push(instance);
      return (await listen(instance.server)).url;
    },
    stopEmulator,
    async close() {
      for (const instance of instances) {
        await closeServer(instance.server);
        await instance.storage.close();
      }
      await closeServer(server);
      await stopEmulator();
      await notices?.close();
      await storage.close();
    },
  };
}
