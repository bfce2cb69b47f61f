/**
 * The whole thing in one process: the app over a database in memory, and the emulator in the place of
 * Authsignal, each on a port of the system's choosing. Nothing is mocked: requests go through HTTP and
 * ceremonies are signed. As many stacks as wanted may run side by side.
 */
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { RequestHandler } from "express";
import request from "supertest";
import { createApp } from "../../server/app/app.ts";
import { builtPages } from "../../server/app/pages.ts";
import { createSdkGateway } from "../../server/authsignal/sdk-gateway.ts";
import { defaultTenant, startEmulator, type TenantOptions } from "../../server/emulator/index.ts";
import { createLogger } from "../../server/http/log.ts";
import type { PasskeysPolicies } from "../../server/passkeys/index.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { captureLog } from "./captured-log.ts";
import { createClientApi } from "./client-api.ts";
import { checkContract } from "./contract-check.ts";
import { type Agent, createFlows, type Flows } from "./flows.ts";
import { openTestStorage } from "./test-storage.ts";

export type Emulator = Awaited<ReturnType<typeof startEmulator>>;

export interface StackOptions {
  /** Settings of the emulated tenant, on top of an RP ID and origin that fit the stack. */
  readonly tenant?: Partial<TenantOptions>;
  /** How long the app waits for Authsignal, in milliseconds. Default: as in production. */
  readonly deadlineMs?: number;
  /** The router's policies, such as limits and step-up actions. Default: as in production. */
  readonly policies?: PasskeysPolicies;
  /** The folder of the built SPA, for browser tests. Default: the stack serves the API only. */
  readonly pagesFolder?: string;
}

export interface Stack extends Flows {
  /** The app's origin, `http://localhost:<port>`. */
  readonly origin: string;
  readonly emulator: Emulator;
  /** What the browser SDK would be configured with. */
  readonly browser: { readonly tenantId: string; readonly baseUrl: string; readonly rpId: string };
  /** A new browser, as far as supertest goes: it keeps cookies and says which origin its page has. */
  agent(): Agent;
  /** Starts another instance of the app on the same storage, as behind a load balancer. */
  startInstance(): Promise<{ agent(): Agent }>;
  /** Takes Authsignal away in mid-flow: from now on nobody answers at its address. */
  stopEmulator(): Promise<void>;
  /** Moves the clock of app and emulator forward. */
  advance(milliseconds: number): void;
  /** The app's log lines so far. */
  logs(): readonly string[];
  /** The secrets, tokens, codes and addresses of this stack's flows that its log lines contain. Must be none. */
  leaks(): readonly string[];
  /** Stops everything. */
  close(): Promise<void>;
}

/** People open http://localhost, not an address. */
const rpId = "localhost";

/** Starts app and emulator. Close what you start. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  let offset = 0;
  const now = () => Date.now() + offset;
  const log = captureLog();
  log.keepSecret(defaultTenant.secret);

  const server = createServer();
  const origin = await listen(server);
  const emulator = await startEmulator({
    tenants: [
      {
        tenantId: defaultTenant.tenantId,
        secrets: [defaultTenant.secret],
        rpId,
        expectedOrigins: [origin],
        ...options.tenant,
      },
    ],
    now,
  });
  const browser = { tenantId: defaultTenant.tenantId, baseUrl: emulator.apiUrl, rpId };
  const storage = await openTestStorage(() => new Date(now()));
  const sessionSecret = randomUUID();
  const createInstance = (instanceStorage: Storage) =>
    createApp({
      authsignal: createSdkGateway({
        apiSecretKey: defaultTenant.secret,
        apiUrl: emulator.apiUrl,
        ...(options.deadlineMs !== undefined && { deadlineMs: options.deadlineMs }),
      }),
      storage: instanceStorage,
      log: createLogger(log.destination),
      origin,
      sessionSecret,
      browser,
      pages: options.pagesFolder === undefined ? noPages : builtPages(options.pagesFolder),
      ...(options.policies !== undefined && { policies: options.policies }),
      now: () => new Date(now()),
    });
  server.on("request", createInstance(storage));
  const instances: { server: Server; storage: Storage }[] = [];
  const agentOf = (target: string): Agent =>
    request.agent(target).set("Origin", origin).use(checkContract("/api"));
  let emulatorStopped: Promise<void> | undefined;
  const stopEmulator = () => {
    emulatorStopped ??= emulator.close();
    return emulatorStopped;
  };

  return {
    origin,
    emulator,
    browser,
    agent: () => agentOf(origin),
    async startInstance() {
      const instance = { server: createServer(), storage: await storage.connectAgain() };
      instances.push(instance);
      instance.server.on("request", createInstance(instance.storage));
      const target = await listen(instance.server);
      return { agent: () => agentOf(target) };
    },
    stopEmulator,
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    logs: log.lines,
    leaks: log.leaks,
    ...createFlows({
      emulatorUrl: emulator.url,
      clientApi: (authenticator) => createClientApi({ ...browser, origin, authenticator }),
      keepSecret: log.keepSecret,
    }),
    async close() {
      for (const instance of instances) {
        await closeServer(instance.server);
        await instance.storage.close();
      }
      await closeServer(server);
      await stopEmulator();
      await storage.close();
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

const noPages: RequestHandler = (_req, _res, next) => next();

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "localhost", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server has no port.");
  return `http://localhost:${address.port}`;
}
