/** Three instances of the production entry behind nginx, on PostgreSQL, Redis and an emulator. */
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort } from "../kit/listen.ts";
import { answersWell, createProgram, type Program } from "./processes.ts";
import { createEmulator, createNginx, createPostgres, createRedis, origin } from "./servers.ts";

const built = (path: string): string => fileURLToPath(new URL(`../../dist/server/${path}`, import.meta.url));

/** The defaults, but for the drain: nginx asks for no readiness, and the run is to be short. */
export const requestTimeoutSeconds = 10;
export const drainSeconds = 2;

export type Fleet = Awaited<ReturnType<typeof startFleet>>;

export interface Instance extends Program {
  readonly url: string;
}

/** @throws Error in a sentence, when something is not installed or not built */
export async function startFleet(folder: string) {
  for (const entry of ["main.js", "emulator/cli.js"])
    if (!existsSync(built(entry))) throw new Error("The server is not built: run `npm run build`.");
  const postgres = await createPostgres(folder);
  const redis = await createRedis(folder);
  const emulator = await createEmulator(folder, built("emulator/cli.js"));
  await Promise.all([postgres.start(), redis.start(), emulator.start()]);

  async function createInstance(name: string, env: Readonly<Record<string, string>>): Promise<Instance> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const program = createProgram({
      name,
      command: process.execPath,
      args: [built("main.js")],
      folder,
      env: {
        PORT: String(port),
        LISTEN_ADDRESS: "127.0.0.1",
        ORIGIN: origin,
        TRUST_PROXY: "1",
        SESSION_SECRET: "a-secret-of-the-chaos-run-long-enough",
        STAGING_EMULATOR: "on",
        AUTHSIGNAL_TENANT_ID: emulator.tenantId,
        AUTHSIGNAL_API_SECRET_KEY: emulator.apiSecretKey,
        AUTHSIGNAL_API_URL: emulator.apiUrl,
        REQUEST_TIMEOUT_SECONDS: String(requestTimeoutSeconds),
        DRAIN_SECONDS: String(drainSeconds),
        // The people of this run do more than people do.
        LIMITS:
          "sendsInAll=100000/1h, sendsPerAddress=1000/1d, strangerSendsPerPair=1000/1d, sendsPerPair=1000/15m, beginsPerUser=10000/15m, callsPerUser=10000/15m, refusalsPerIp=10000/15m, refusalsPerUser=10000/15m",
        ...env,
      },
      isReady: () => answersWell(`${url}/readyz`),
    });
    return { ...program, url };
  }

  const shared = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
  const instances: Instance[] = [];
  for (const name of ["instance-1", "instance-2", "instance-3"])
    instances.push(await createInstance(name, shared));
  // All at once, on an empty database: their migrations wait for each other.
  await Promise.all(instances.map((one) => one.start()));
  const nginx = await createNginx(
    folder,
    instances.map(({ url }) => Number(new URL(url).port)),
  );
  await nginx.start();

  /** Replaces Authsignal's answers to the app's own calls; the browsers' half goes on. */
  async function disturbAuthsignal(fault: { latency?: number; status?: number } | null): Promise<void> {
    const url = `${emulator.url}/emulator/faults`;
    const send = async (method: string, body?: object): Promise<void> => {
      const answer = await fetch(url, {
        method,
        headers: { "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`);
    };
    await send("DELETE");
    if (fault === null) return;
    for (const path of ["/v1/challenge", "/v1/verify", "/v1/validate", "/v1/users/*"])
      await send("POST", { path, probability: 1, ...fault });
  }

  return {
    folder,
    postgres,
    redis,
    emulator,
    instances,
    nginx,
    disturbAuthsignal,
    /** One instance on SQLite in this folder, apart from the others. */
    async startAlone(dataDir: string): Promise<Instance> {
      mkdirSync(dataDir, { recursive: true });
      const alone = await createInstance("alone", { DATA_DIR: dataDir });
      await alone.start();
      return alone;
    },
    /** In the order in which they are stopped. */
    programs: (): readonly Program[] => [nginx, ...instances, postgres, redis, emulator],
  };
}
