/** An API on one origin, which answers CORS as FITTING-IN.md says, and page.ts on others, bundled by Vite. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express, { type RequestHandler } from "express";
import { generate } from "selfsigned";
import { build } from "vite";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../../server/passkeys/index.ts";
import { createBearerSessions } from "../../../server/sessions/bearer-sessions.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../../kit/emulator-for.ts";
import { freePort, type Listening, listen } from "../../kit/listen.ts";
import { commonOptions } from "../../mount/host.ts";

export interface TwoOrigins {
  readonly kit: EmulatorFor;
  /** The page's address. */
  readonly page: string;
  /** The same page on an origin that is not in the router's `origins`. */
  readonly stranger: string;
  /** The lines of the API's log. */
  readonly lines: readonly object[];
  close(): Promise<void>;
}

export interface Hosts {
  readonly scheme: "http" | "https";
  readonly page: string;
  readonly stranger: string;
  readonly api: string;
  readonly rpId: string;
  readonly tokens: "cookies" | "bearer";
}

export async function startTwoOrigins({ scheme, tokens, rpId, ...names }: Hosts): Promise<TwoOrigins> {
  const ports = { page: await freePort(), stranger: await freePort(), api: await freePort() };
  const originOf = (which: keyof typeof ports) => `${scheme}://${names[which]}:${ports[which]}`;
  const pageOrigin = originOf("page");
  const pageAt = (which: "page" | "stranger") =>
    `${originOf(which)}/?api=${originOf("api")}${tokens === "bearer" ? "&tokens" : ""}`;
  const kit = await startEmulatorFor({ origin: pageOrigin, prefix: "/auth", tenant: { rpId } });
  const storage = await kit.openStorage();
  const lines: object[] = [];
  const keep = (line: object) => void lines.push(line);
  const log = { warn: keep, error: keep };

  const api = express();
  api.use(cors(tokens));
  const store = { store: storage.sessionStore, now: kit.now };
  const secret = "a secret of this test, long enough";
  const cookies = createCookieSessions({ ...store, secret, secure: scheme === "https" });
  if (tokens === "cookies") api.use(cookies.middleware);
  const sessions = tokens === "cookies" ? cookies : createBearerSessions(store);
  const options = commonOptions(kit, storage, sessions);
  const requireStepUp = createStepUpGuard(options);
  api.use("/auth", createPasskeysRouter(options), createErrorHandler(log));
  api.post("/transfers", requireStepUp("transfer-funds"), (_req, res) => void res.status(201).json({}));
  api.use(createErrorHandler(log));

  const folder = await mkdtemp(join(tmpdir(), "two-origins-"));
  await buildPage(folder);
  const page = express().use(express.static(`${folder}/built`));
  const servers = await Promise.all([
    serve(scheme, page, ports.page),
    serve(scheme, page, ports.stranger),
    serve(scheme, api, ports.api),
  ]);
  return {
    kit,
    page: pageAt("page"),
    stranger: pageAt("stranger"),
    lines,
    async close() {
      for (const server of servers) await server.close();
      await kit.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What the package `cors` answers with `origin: true`: it lets every page in, and leaves the refusal to the router. */
function cors(tokens: Hosts["tokens"]): RequestHandler {
  return (req, res, next) => {
    res.set({ "Access-Control-Allow-Origin": req.get("Origin"), Vary: "Origin" });
    if (tokens === "cookies") res.set("Access-Control-Allow-Credentials", "true");
    else res.set("Access-Control-Expose-Headers", "Session-Token, Code-Token");
    if (req.method !== "OPTIONS") return next();
    res.set({
      "Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
      "Access-Control-Allow-Headers": req.get("Access-Control-Request-Headers"),
    });
    res.status(204).end();
  };
}

async function serve(scheme: Hosts["scheme"], app: RequestListener, port: number): Promise<Listening> {
  if (scheme === "http") return listen(createHttpServer(app), { port });
  const { private: key, cert } = await generate([{ name: "commonName", value: "example.test" }]);
  return listen(createHttpsServer({ key, cert }, app), { port });
}

async function buildPage(folder: string): Promise<void> {
  const outDir = `${folder}/built`;
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "error",
    build: { outDir, emptyOutDir: true },
  });
}
