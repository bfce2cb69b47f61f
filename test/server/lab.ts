/**
 * The stack of `test/kit`, opened up for attacks: a hand on the line to Authsignal, any origin, any number of
 * proxies, browsers with addresses of their own, and a host's own app around the router. Nothing is mocked.
 */
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import express, { type Express } from "express";
import request from "supertest";
import { createApp } from "../../server/app/app.ts";
import { builtPages } from "../../server/app/pages.ts";
import { requestContext } from "../../server/app/request-context.ts";
import { createSdkGateway } from "../../server/authsignal/sdk-gateway.ts";
import { defaultTenant, startEmulator, type TenantOptions } from "../../server/emulator/index.ts";
import { createErrorHandler, notFound } from "../../server/http/error-handler.ts";
import { createLogger } from "../../server/http/log.ts";
import {
  createPasskeysRouter,
  createStepUpGuard,
  type PasskeysOptions,
  type PasskeysPolicies,
  type RequireStepUp,
  type SecurityEvent,
} from "../../server/passkeys/index.ts";
import type { AuthsignalGateway } from "../../server/passkeys/ports/authsignal.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { createSqlUsers } from "../../server/storage/stores/sql-users.ts";
import { actions } from "../../shared/actions.ts";
import { captureLog } from "../kit/captured-log.ts";
import { type ClientApi, createClientApi } from "../kit/client-api.ts";
import { checkContract } from "../kit/contract-check.ts";
import { type Agent, api, createFlows, type Flows } from "../kit/flows.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";
import type { Emulator } from "../kit/start-stack.ts";
import { openTestStorage, type TestStorageOptions } from "../kit/test-storage.ts";
import { type AuthsignalLine, openLine } from "./authsignal-line.ts";

export interface LabOptions {
  readonly tenant?: Partial<TenantOptions>;
  /** How long the app waits for Authsignal. Default: as in production. */
  readonly deadlineMs?: number;
  /** Where people open the app. Default: where it listens. */
  readonly origin?: string;
  /** Default 1: each browser has an address of its own, told by a proxy. */
  readonly trustProxy?: number;
  /** The folder of built pages. Default: the API only. */
  readonly pagesFolder?: string;
  /** The way to the storage's servers. Default: straight. */
  readonly storage?: TestStorageOptions;
  /** The router's policies in the app itself. Not with `host`. */
  readonly policies?: PasskeysPolicies;
  /** Mounts the router in a host's own app, with these options, and lets the host add routes of its own. */
  readonly host?: {
    readonly options?: Partial<PasskeysOptions>;
    readonly routes?: (app: Express, requireStepUp: RequireStepUp) => void;
  };
}

export interface Person {
  readonly agent: Agent;
  readonly authenticator: SoftAuthenticator;
  readonly user: { readonly id: string; readonly email: string };
}

export interface Lab extends Flows {
  /** Where the app listens, without TLS. */
  readonly url: string;
  /** Where its people think it is. */
  readonly origin: string;
  readonly emulator: Emulator;
  readonly line: AuthsignalLine;
  /** The app's own way to Authsignal, over that line. */
  readonly authsignal: AuthsignalGateway;
  readonly storage: Storage;
  /** A new browser at a network address of its own, or at the given one. */
  agent(ip?: string): Agent;
  /** A new person, signed in with a code, with or without a passkey. */
  person(has?: "passkey"): Promise<Person>;
  clientApi(authenticator: SoftAuthenticator): ClientApi;
  /** The ceremony alone: a result token for a step-up begun in this session. */
  stepUpToken(who: Pick<Person, "agent" | "authenticator">, request?: StepUp): Promise<string>;
  /** Begin, ceremony, finish. Default: what makes a stale session fresh. */
  proveAgain(who: Pick<Person, "agent" | "authenticator">, request?: StepUp): Promise<void>;
  /** What a host does that has used Authsignal before: an e-mail authenticator, vouched for through the Server API. */
  enrollEmail(userId: string, email: string): Promise<void>;
  advance(milliseconds: number): void;
  /** Security facts so far, oldest first. Only of a host's app. */
  events(): readonly SecurityEvent[];
  logs(): readonly string[];
  keepSecret(...secrets: readonly string[]): void;
  leaks(): readonly string[];
  close(): Promise<void>;
}

export interface StepUp {
  readonly action?: string;
  readonly operation?: Readonly<Record<string, string | number | boolean>>;
}

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  let offset = 0;
  const now = () => Date.now() + offset;
  const date = () => new Date(now());
  const log = captureLog();
  log.keepSecret(defaultTenant.secret);

  const server = createServer();
  const url = await listen(server);
  const origin = options.origin ?? url;
  const rpId = new URL(origin).hostname;
  const tenant = { tenantId: defaultTenant.tenantId, secrets: [defaultTenant.secret], rpId };
  const emulator = await startEmulator({
    tenants: [{ ...tenant, expectedOrigins: [origin], ...options.tenant }],
    now,
  });
  const line = await openLine(emulator.apiUrl);
  const storage = await openTestStorage(date, options.storage);
  const browser = { tenantId: defaultTenant.tenantId, baseUrl: emulator.apiUrl, rpId };
  const authsignal = createSdkGateway({
    apiSecretKey: defaultTenant.secret,
    apiUrl: line.url,
    ...(options.deadlineMs !== undefined && { deadlineMs: options.deadlineMs }),
  });
  const logger = createLogger(log.destination);
  const events: SecurityEvent[] = [];
  const trustProxy = options.trustProxy ?? 1;
  const sessionSecret = randomUUID();
  const { host } = options;

  function hostApp(): Express {
    const app = express();
    app.set("trust proxy", trustProxy);
    const sessions = createCookieSessions({
      store: storage.sessionStore,
      secret: sessionSecret,
      secure: origin.startsWith("https:"),
      now: date,
    });
    const routerOptions: PasskeysOptions = {
      authsignal,
      users: createSqlUsers(storage.accounts, date),
      sessions,
      storage,
      browser,
      origins: [origin],
      onEvent: (event) => void events.push(event),
      now: date,
      ...host?.options,
    };
    app.use(requestContext(logger), sessions.middleware);
    app.use("/api", createPasskeysRouter(routerOptions));
    app.use(express.json());
    host?.routes?.(app, createStepUpGuard(routerOptions));
    app.use(notFound);
    app.use(createErrorHandler(logger));
    return app;
  }

  const app =
    host === undefined
      ? createApp({
          authsignal,
          storage,
          log: logger,
          origin,
          sessionSecret,
          browser,
          pages:
            options.pagesFolder === undefined
              ? (_req, _res, next) => next()
              : builtPages(options.pagesFolder),
          trustProxy,
          ...(options.policies !== undefined && { policies: options.policies }),
          now: date,
        })
      : hostApp();
  server.on("request", app);

  const clientApi = (authenticator: SoftAuthenticator) =>
    createClientApi({ ...browser, origin, authenticator });
  const flows = createFlows({ emulatorUrl: emulator.url, clientApi, keepSecret: log.keepSecret });
  const agent = (ip = newAddress()): Agent =>
    request.agent(url).use(checkContract("/api")).set("Origin", origin).set("X-Forwarded-For", ip);

  async function stepUpToken(
    { agent: browserOf, authenticator }: Pick<Person, "agent" | "authenticator">,
    { action = actions.managePasskeys, operation }: StepUp = {},
  ): Promise<string> {
    const begun = await browserOf
      .post(api("createStepUpToken"))
      .send({ action, ...(operation !== undefined && { operation }) })
      .expect(200);
    const token = await clientApi(authenticator).signInWithToken({ token: begun.body.token });
    log.keepSecret(begun.body.token, token);
    return token;
  }

  return {
    url,
    origin,
    emulator,
    line,
    authsignal,
    storage,
    agent,
    ...flows,
    clientApi,
    stepUpToken,
    async proveAgain(who, step = {}) {
      const token = await stepUpToken(who, step);
      const action = step.action ?? actions.managePasskeys;
      await who.agent.post(api("validate")).send({ token, action }).expect(200);
    },
    async person(has) {
      const own = agent();
      const authenticator = createSoftAuthenticator();
      const user = await flows.signInWithOtp(own);
      if (has === "passkey") await flows.enrollPasskey(own, authenticator);
      return { agent: own, authenticator, user };
    },
    async enrollEmail(userId, email) {
      const answer = await fetch(`${emulator.apiUrl}/users/${userId}/authenticators`, {
        method: "POST",
        headers: { Authorization: `Basic ${Buffer.from(`${defaultTenant.secret}:`).toString("base64")}` },
        body: JSON.stringify({ verificationMethod: "EMAIL_OTP", email }),
      });
      if (!answer.ok) throw new Error(`Enrolling an address answered ${answer.status}.`);
    },
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    events: () => events,
    logs: log.lines,
    keepSecret: log.keepSecret,
    leaks: log.leaks,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await line.close();
      await emulator.close();
      await storage.close();
    },
  };
}

/** The cookies that an answer sets, as the next request would carry them. */
export function cookiesOf(response: request.Response): string {
  return setCookies(response)
    .map((line) => line.split(";")[0])
    .join("; ");
}

/** The `Set-Cookie` headers of an answer. */
export function setCookies(response: request.Response): readonly string[] {
  const header: unknown = response.headers["set-cookie"];
  return Array.isArray(header) ? header.map(String) : [];
}

/** A request with exactly this cookie: what a thief sends, or a browser that kept an old one. */
export function withCookie(lab: Pick<Lab, "url" | "origin">, cookie: string): Agent {
  return request.agent(lab.url).use(checkContract("/api")).set("Origin", lab.origin).set("Cookie", cookie);
}

let addresses = 0;

/** From 100.64.0.0/10, which no network hands to people: no two browsers of a test run share one. */
function newAddress(): string {
  addresses += 1;
  return `100.${64 + ((addresses >> 16) & 63)}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "localhost", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server has no port.");
  return `http://localhost:${address.port}`;
}
