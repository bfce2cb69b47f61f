/** A client of an app around one session port: it keeps cookies, headers and tokens, and can be copied. */
import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import type { Express, Request, RequestHandler, Response } from "express";
import { sendRequest } from "../../server/emulator/wire/send-request.ts";
import { loadOptional } from "../../server/http/optional-package.ts";
import { gate } from "./gate.ts";
import {
  loadRouter,
  type PendingOtp,
  type SessionPort,
  type SessionPortWithoutCodes,
  type SignedIn,
} from "./router.ts";

export interface SessionsUnderTest {
  readonly sessions: SessionPort | SessionPortWithoutCodes;
  /** What runs in front of the router, such as session middleware. Default: nothing. */
  readonly middleware?: readonly RequestHandler[];
  /** Finds the credential in what `answerWithTokens` got. Default: it is in a cookie or in `Session-Token`. */
  tokenIn?(tokens: object): string | undefined;
  /** The port's clock. Default: the system's. */
  readonly now?: () => Date;
  /** Moves the port's clock, in milliseconds. Without it, nothing is asked that needs time to pass. */
  readonly advance?: (milliseconds: number) => void;
}

export function hasCodes(sessions: SessionPort | SessionPortWithoutCodes): sessions is SessionPort {
  return "pendingOtp" in sessions;
}

/** Requests that wait, after they have asked for the session, until the suite lets them go on. */
export type Held = Map<string, ReturnType<typeof gate>>;

/** Every method of the port as a route, as the router calls them: first the session, later what changes it. */
export async function appAround(subject: SessionsUnderTest, held: Held): Promise<Express> {
  const { sessions, middleware = [] } = subject;
  const { createErrorHandler, tokensMember } = await loadRouter("sessionPromises");
  const { default: express } = await loadOptional("sessionPromises", ["express"], () => import("express"));
  const app = express();
  for (const handler of middleware) app.use(handler);
  app.use(express.json());
  const codes = hasCodes(sessions) ? sessions : null;

  async function hold(req: Request): Promise<void> {
    await sessions.current(req);
    const found = held.get(req.get("x-hold") ?? "");
    found?.arrive();
    await found?.opened;
  }
  // Express 4 would ignore a rejection.
  function route(work: (req: Request, res: Response) => Promise<object>): RequestHandler {
    return (req, res, next) => {
      work(req, res).then((body) => res.json(body), next);
    };
  }
  function change(work: (req: Request, res: Response) => Promise<void> | undefined): RequestHandler {
    return route(async (req, res) => {
      await hold(req);
      await work(req, res);
      return tokensMember(res);
    });
  }
  app.get(
    "/session",
    route(async (req) => ({ session: await sessions.current(req) })),
  );
  app.post(
    "/start",
    change((req, res) => sessions.start(req, res, req.body)),
  );
  app.post(
    "/renew",
    change((req, res) => sessions.renew(req, res, req.body)),
  );
  app.post(
    "/end",
    change((req, res) => sessions.end(req, res)),
  );
  app.get(
    "/code",
    route(async (req) => ({ code: (await codes?.pendingOtp(req)) ?? null })),
  );
  app.post(
    "/code",
    change((req, res) => codes?.keepPendingOtp(req, res, readCode(req.body.code))),
  );
  app.use(createErrorHandler({ error: () => {} }));
  return app;
}

function readCode(code: Record<keyof PendingOtp, string> | null): PendingOtp | null {
  if (code === null) return null;
  return { ...code, sentAt: new Date(code.sentAt), expiresAt: new Date(code.expiresAt) };
}

interface Credentials {
  readonly cookies: Map<string, string>;
  authorization: string;
  codeToken: string;
}

export interface Answer {
  readonly status: number;
  readonly body: { readonly code?: unknown; readonly session?: unknown; readonly tokens?: object };
}

export class SessionClient {
  readonly #url: string;
  readonly #subject: SessionsUnderTest;
  readonly #held: Held;
  readonly #own: Credentials;

  constructor(url: string, subject: SessionsUnderTest, held: Held, own?: Credentials) {
    this.#url = url;
    this.#subject = subject;
    this.#held = held;
    this.#own = own ?? { cookies: new Map(), authorization: "", codeToken: "" };
  }

  /**
   * Another client with what this one has now: a thief, or a request that is on its way.
   * @param url of another instance of the app; default: the same one
   */
  copy(url = this.#url): SessionClient {
    const own = { ...this.#own, cookies: new Map(this.#own.cookies) };
    return new SessionClient(url, this.#subject, this.#held, own);
  }

  /** Sends what no server has given it. */
  invent(cookies: Readonly<Record<string, string>>, authorization: string): this {
    for (const [name, value] of Object.entries(cookies)) this.#own.cookies.set(name, value);
    this.#own.authorization = authorization;
    return this;
  }

  async session(): Promise<SignedIn | null> {
    const {
      session,
    }: { session?: (Omit<SignedIn, "authenticatedAt"> & { authenticatedAt: string }) | null } = (
      await this.#send("GET", "session")
    ).body as object;
    if (session === null || session === undefined) return null;
    return { ...session, authenticatedAt: new Date(session.authenticatedAt) };
  }

  start(userId: string, method = "password", more: Pick<SignedIn, "assurance"> = {}): Promise<Answer> {
    return this.#send("POST", "start", { userId, method, ...more });
  }

  renew(method = "passkey", more: Pick<SignedIn, "assurance"> = {}): Promise<Answer> {
    return this.#send("POST", "renew", { method, ...more });
  }

  end(): Promise<Answer> {
    return this.#send("POST", "end", {});
  }

  async code(): Promise<PendingOtp | null> {
    const { code }: { code?: unknown } = (await this.#send("GET", "code")).body;
    return readCode((code ?? null) as Record<keyof PendingOtp, string> | null);
  }

  keepCode(code: PendingOtp | null): Promise<Answer> {
    return this.#send("POST", "code", { code });
  }

  /** Holds a request of this client up, once it knows its session, until `meanwhile` is done. */
  async slowly(
    request: "renew" | "end" | "code",
    body: object,
    meanwhile: () => Promise<unknown>,
  ): Promise<Answer> {
    const name = `${request}-${this.#held.size}`;
    const waiting = gate();
    this.#held.set(name, waiting);
    const answer = this.#send("POST", request, body, name);
    await Promise.race([waiting.arrived, answer]);
    try {
      await meanwhile();
    } finally {
      waiting.open();
    }
    return answer;
  }

  async #send(method: "GET" | "POST", path: string, body?: object, hold = ""): Promise<Answer> {
    const { cookies, authorization, codeToken } = this.#own;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = {
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(cookie !== "" && { Cookie: cookie }),
      ...(authorization !== "" && { Authorization: authorization }),
      ...(codeToken !== "" && { "Code-Token": codeToken }),
      "X-Hold": hold,
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await sendRequest(`${this.#url}/${path}`, { method, headers, ...sent });
    const answer = JSON.parse(await text(response));
    this.#learn(response.headers, answer.tokens);
    return { status: response.statusCode ?? 0, body: answer };
  }

  #learn(headers: IncomingHttpHeaders, tokens: object | undefined): void {
    for (const line of headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const isCleared = value === "" || /expires=Thu, 01 Jan 1970/i.test(line);
      if (isCleared) this.#own.cookies.delete(name);
      else this.#own.cookies.set(name, value);
    }
    const found = tokens === undefined ? undefined : this.#subject.tokenIn?.(tokens);
    const token = headers["session-token"]?.toString() ?? found;
    if (token !== undefined) this.#own.authorization = token === "" ? "" : `Bearer ${token}`;
    this.#own.codeToken = headers["code-token"]?.toString() ?? this.#own.codeToken;
  }
}
