/**
 * One measured process. It starts what its argument names, tells its parent where, and answers questions about
 * its own CPU and memory. Run by `measure.ts`.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express, { type RequestHandler } from "express";
import session from "express-session";
import { createApp } from "../../server/app.ts";
import { createSdkGateway } from "../../server/authsignal/sdk-gateway.ts";
import { defaultTenant, startEmulator } from "../../server/emulator/index.ts";
import { createLogger } from "../../server/log.ts";
import { openStorage } from "../../server/storage/storage.ts";
import { createBaseline } from "./baseline.ts";

export type SubjectKind = "baseline" | "emulator" | "app" | "app+emulator" | "plain-session";

/** What a subject is told to start. */
export interface SubjectRequest {
  readonly kind: SubjectKind;
  /** The app's port, known before the emulator starts, because it expects that origin. */
  readonly origin: string;
  /** Where Authsignal is, for `app`. */
  readonly apiUrl: string;
}

const wanted: SubjectRequest = JSON.parse(process.argv[2] ?? "{}");
const folder = await mkdtemp(join(tmpdir(), "bench-"));
const noPages: RequestHandler = (_req, _res, next) => next();

const apiUrl = await start();
process.send?.({ ready: true, apiUrl });
process.on("message", (question) => {
  if (question === "usage") {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000, rssMib: process.memoryUsage().rss / 2 ** 20 });
  }
  if (question === "stop") rm(folder, { recursive: true, force: true }).finally(() => process.exit(0));
});

async function start(): Promise<string> {
  const { kind, origin } = wanted;
  const needsEmulator = kind === "emulator" || kind === "app+emulator";
  const emulator = needsEmulator
    ? await startEmulator({
        data: join(folder, "emulator.sqlite"),
        tenants: [
          {
            ...defaultTenant,
            secrets: [defaultTenant.secret],
            rpId: "localhost",
            expectedOrigins: [origin],
            limits: "off",
          },
        ],
      })
    : null;
  const url = emulator?.apiUrl ?? wanted.apiUrl;
  if (kind !== "emulator") await listen(await createSubject(url));
  return url;
}

async function createSubject(url: string): Promise<RequestListener> {
  if (wanted.kind === "baseline") return createBaseline(() => wanted.origin);
  const now = () => new Date();
  const storage = await openStorage({ file: join(folder, "app.sqlite"), now });
  if (wanted.kind === "plain-session") {
    const app = express();
    app.use(session({ secret: "s", resave: false, saveUninitialized: false, store: storage.sessionStore }));
    app.get("/sign-in", (req, res) => {
      Object.assign(req.session, { signedIn: { userId: "u" } });
      res.json({});
    });
    app.get("/session", (req, res) => void res.json({ user: req.session.signedIn ?? null }));
    return app;
  }
  const unlimited = { points: 1e9, seconds: 1 };
  return createApp({
    authsignal: createSdkGateway({ apiSecretKey: defaultTenant.secret, apiUrl: url }),
    storage,
    log: createLogger({ write: () => {} }),
    origin: wanted.origin,
    sessionSecret: randomUUID(),
    browser: { tenantId: defaultTenant.tenantId, baseUrl: url, rpId: "localhost" },
    pages: noPages,
    policies: { limits: { sendsPerIp: unlimited, sendsInAll: unlimited } },
  });
}

function listen(handler: RequestListener): Promise<void> {
  return new Promise((resolve) =>
    createServer(handler).listen(Number(new URL(wanted.origin).port), "localhost", resolve),
  );
}
