/**
 * The stack of `test/kit`, opened up for attacks: a hand on the line to Authsignal, any origin, any number of
 * proxies, browsers with addresses of their own, and a host's own app around the router. Nothing is mocked.
 */
import express, { type Express } from "express";
import request from "supertest";
import { requestContext } from "../../server/app/request-context.ts";
import type { Emulator } from "../../server/emulator/index.ts";
import { createErrorHandler, notFound } from "../../server/http/error-handler.ts";
import { proxyTrust } from "../../server/http/proxy-trust.ts";
import {
  createPasskeysRouter,
  createStepUpGuard,
  type PasskeysOptions,
  type RequireStepUp,
  type SecurityEvent,
} from "../../server/passkeys/index.ts";
import type { AuthsignalGateway } from "../../server/passkeys/ports/authsignal.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { createSqlUsers } from "../../server/storage/stores/sql-users.ts";
import { actions } from "../../shared/actions.ts";
import type { ClientApi } from "../kit/client-api.ts";
import { checkContract } from "../kit/contract-check.ts";
import { type Agent, api, type Flows } from "../kit/flows.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";
import { buildStack, type StackAppDeps, type StackParts } from "../kit/stack.ts";
import { type AuthsignalLine, openLine } from "./authsignal/authsignal-line.ts";

/** Default of `trustProxy`: 1, because each browser has an address of its own, told by a proxy. */
export interface LabOptions extends Omit<StackParts, "app" | "through"> {
  /** Mounts the router in a host's own app, with these options (not `policies`), and lets it add routes of its own. */
  readonly host?: {
    readonly options?: Partial<PasskeysOptions>;
    readonly routes?: (app: Express, requireStepUp: RequireStepUp, options: PasskeysOptions) => void;
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
  /** Sends the notices that were told so far, to `notify`. */
  sendNotices(): Promise<void>;
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
  const { host, ...parts } = options;
  const events: SecurityEvent[] = [];
  let line: AuthsignalLine | undefined;
  const stack = await buildStack({
    trustProxy: 1,
    ...parts,
    async through(apiUrl) {
      line = await openLine(apiUrl);
      return line.url;
    },
    ...(host !== undefined && { app: (deps) => hostApp(deps, host, (event) => void events.push(event)) }),
  });
  if (line === undefined) throw new Error("The stack opened no line to Authsignal.");
  const { url, origin, emulator, flows, log, clientApi, authsignal } = stack;
  const opened = line;
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
    line: opened,
    authsignal: stack.gateway,
    storage: stack.storage,
    async sendNotices() {
      await stack.notices?.flush();
    },
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
        headers: { Authorization: `Basic ${Buffer.from(`${authsignal.apiSecretKey}:`).toString("base64")}` },
        body: JSON.stringify({ verificationMethod: "EMAIL_OTP", email }),
      });
      if (!answer.ok) throw new Error(`Enrolling an address answered ${answer.status}.`);
    },
    advance: stack.advance,
    events: () => events,
    logs: log.lines,
    keepSecret: log.keepSecret,
    leaks: log.leaks,
    async close() {
      await opened.close();
      await stack.close();
    },
  };
}

/** A host's own app, which mounts the router among routes of its own. */
function hostApp(
  { authsignal, storage, notices, log, origin, sessionSecret, browser, trustProxy, now }: StackAppDeps,
  host: NonNullable<LabOptions["host"]>,
  onEvent: (event: SecurityEvent) => void,
): Express {
  const app = express();
  app.set("trust proxy", proxyTrust(trustProxy));
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    index: storage.sessionIndex,
    secret: sessionSecret,
    secure: origin.startsWith("https:"),
    now,
  });
  const routerOptions: PasskeysOptions = {
    authsignal,
    users: createSqlUsers(storage.accounts, now),
    sessions,
    storage,
    browser,
    origins: [origin],
    onEvent,
    now,
    ...(notices ? { notices } : {}),
    ...host.options,
  };
  app.use(requestContext(log, "/api"), sessions.middleware);
  app.use("/api", createPasskeysRouter(routerOptions));
  app.use(express.json());
  host.routes?.(app, createStepUpGuard(routerOptions), routerOptions);
  app.use(notFound);
  app.use(createErrorHandler(log));
  return app;
}

/** The cookies that an answer sets, as the next request would carry them. */
export function cookiesOf(response: request.Response): string {
  return setCookies(response)
    .map((line) => line.split(";")[0])
    .join("; ");
}

/** The cookies that a browser has for the app, as its next request carries them. */
export async function cookiesIn(agent: Agent): Promise<string> {
  const test = agent.get(api("getSession"));
  await test.expect(200);
  // What superagent has put into the header.
  return String(Reflect.get(test, "cookies"));
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
