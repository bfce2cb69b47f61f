/**
 * One measured process. It starts what its argument names, tells its parent where, and answers questions about
 * its own CPU and memory. Everything is imported where it is used: a subject holds nothing that it does not need.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Shares, startProfile } from "./profile.ts";
import { tenant } from "./tenant.ts";

export type SubjectKind =
  | "baseline"
  | "bare-handlers"
  | "plain-session"
  | "emulator"
  | "vendor"
  | "app"
  | "app+emulator"
  /** With what TEST_DATABASE_URL and TEST_REDIS_URL name. */
  | "app+servers";

/** What a subject is told to start. */
export interface SubjectRequest {
  readonly kind: SubjectKind;
  /** The app's port, known before the emulator starts, because it expects that origin. */
  readonly origin: string;
  /** Where Authsignal is, for `app` and `bare-handlers`. */
  readonly apiUrl: string;
}

const { kind, origin, ...wanted }: SubjectRequest = JSON.parse(process.argv[2] ?? "{}");
const folder = await mkdtemp(join(tmpdir(), "bench-"));
const now = () => new Date();

let endProfile: (() => Promise<Shares>) | null = null;
let close = async () => {};

const apiUrl = kind.endsWith("emulator") ? await startEmulator() : wanted.apiUrl;
if (kind !== "emulator") await listen(await createSubject());
process.send?.({ apiUrl });
process.on("message", (question) => {
  if (question === "usage") {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000, rssMib: process.memoryUsage().rss / 2 ** 20 });
  }
  if (question === "profile") {
    void startProfile().then((end) => {
      endProfile = end;
      process.send?.({});
    });
  }
  if (question === "profiled") void endProfile?.().then((shares) => process.send?.(shares));
  if (question === "stop")
    close()
      .then(() => rm(folder, { recursive: true, force: true }))
      .finally(() => process.exit(0));
});

async function startEmulator(): Promise<string> {
  const emulator = await import("../../server/emulator/index.ts");
  const started = await emulator.startEmulator({
    data: join(folder, "emulator.sqlite"),
    tenants: [
      {
        tenantId: tenant.tenantId,
        secrets: [tenant.secret],
        rpId: "localhost",
        expectedOrigins: [origin],
        limits: "off",
      },
    ],
  });
  return started.apiUrl;
}

async function createSubject(): Promise<RequestListener> {
  switch (kind) {
    case "baseline":
      return (await import("./baseline.ts")).createBaseline(() => origin);
    case "bare-handlers":
      return (await import("./bare.ts")).createBareHandlers(tenant.secret, apiUrl);
    case "vendor":
      return (await import("./bare.ts")).createVendorApp(tenant.secret, apiUrl);
    case "plain-session": {
      const { openStorage } = await import("../../server/storage/storage.ts");
      const { sessionStore } = await openStorage({ file: join(folder, "app.sqlite"), now });
      return (await import("./bare.ts")).createPlainSession(sessionStore);
    }
    default:
      return createOurs();
  }
}

async function createOurs(): Promise<RequestListener> {
  const { createApp } = await import("../../server/app/app.ts");
  const { createSdkGateway } = await import("../../server/authsignal/sdk-gateway.ts");
  const { createLogger } = await import("../../server/http/log.ts");
  const { openStorage } = await import("../../server/storage/storage.ts");
  const { defaultLimits } = await import("../../server/passkeys/ports/send-limits.ts");
  const unlimited = Object.fromEntries(
    Object.keys(defaultLimits).map((name) => [name, { points: 1e9, seconds: 1 }]),
  );
  const storage =
    kind === "app+servers"
      ? await (await import("../kit/test-storage.ts")).openTestStorage(now)
      : await openStorage({ file: join(folder, "app.sqlite"), now });
  close = () => storage.close();
  return createApp({
    authsignal: createSdkGateway({ apiSecretKey: tenant.secret, apiUrl, allowEmulator: true }),
    storage,
    log: createLogger({ write: () => {} }),
    origin,
    sessionSecret: randomUUID(),
    browser: { tenantId: tenant.tenantId, baseUrl: apiUrl, rpId: "localhost" },
    pages: (_req, _res, next) => next(),
    policies: {
      freshSeconds: 24 * 60 * 60,
      limits: { ...unlimited, sendsPerAddress: { points: 20, seconds: 3600 } },
    },
  });
}

function listen(handler: RequestListener): Promise<void> {
  return new Promise((resolve) =>
    createServer(handler).listen(Number(new URL(origin).port), "localhost", resolve),
  );
}
