import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import SqliteDatabase from "libsql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, listen } from "../../kit/listen.ts";

const entry = fileURLToPath(new URL("../../../dist/server/main.js", import.meta.url));
const localEntry = fileURLToPath(new URL("../../../dist/server/local.js", import.meta.url));

let dataDir: string;
beforeAll(() => {
  if (!existsSync(entry)) throw new Error("The server is not built: run `npm run build`.");
  dataDir = mkdtempSync(join(tmpdir(), "production-"));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Nothing answers at this tenant's address; what is tested here does not need it to. */
const good = {
  AUTHSIGNAL_TENANT_ID: "555159e4-adc3-454b-82b1-b55a2783f712",
  AUTHSIGNAL_API_SECRET_KEY: "a-real-tenants-secret-key",
  AUTHSIGNAL_API_URL: "https://authsignal.invalid/v1",
  ORIGIN: "https://app.example.com",
  SESSION_SECRET: "0123456789abcdef0123456789abcdef",
  TRUST_PROXY: "1",
  DRAIN_SECONDS: "0",
};

interface Exit {
  readonly code: number | null;
  readonly output: string;
}

function run(
  env: Record<string, string | undefined>,
  file = entry,
): { child: ChildProcess; exit: Promise<Exit> } {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, ...env },
    // Where there is no .env.
    cwd: dataDir,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => {
      output += text;
    });
  }
  return { child, exit: new Promise((resolve) => child.once("close", (code) => resolve({ code, output }))) };
}

describe("the production entry refuses to start", () => {
  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ["without a tenant", { AUTHSIGNAL_TENANT_ID: undefined }, /AUTHSIGNAL_TENANT_ID is missing/],
    [
      "without an API secret key",
      { AUTHSIGNAL_API_SECRET_KEY: undefined },
      /AUTHSIGNAL_API_SECRET_KEY is missing/,
    ],
    ["without an API URL", { AUTHSIGNAL_API_URL: undefined }, /AUTHSIGNAL_API_URL is missing/],
    [
      "with an emulator's secret",
      { AUTHSIGNAL_API_SECRET_KEY: "emulator-secret-of-the-default-tenant" },
      /emulator's secret/,
    ],
    [
      "with a loopback Authsignal",
      { AUTHSIGNAL_API_URL: "https://localhost:3001/v1" },
      /points to this machine/,
    ],
    ["with a loopback address", { AUTHSIGNAL_API_URL: "https://127.0.0.2/v1" }, /points to this machine/],
    ["with an Authsignal over http", { AUTHSIGNAL_API_URL: "http://api.authsignal.com/v1" }, /https/],
    ["without an origin", { ORIGIN: undefined }, /ORIGIN is missing/],
    ["with an origin over http", { ORIGIN: "http://app.example.com", TRUST_PROXY: undefined }, /https/],
    ["with an RP ID that does not fit", { RP_ID: "example.org" }, /does not fit/],
    ["with a public suffix as RP ID", { ORIGIN: "https://shop.co.uk", RP_ID: "co.uk" }, /public suffix/],
    ["without a session secret", { SESSION_SECRET: undefined }, /SESSION_SECRET is missing/],
    ["with a short session secret", { SESSION_SECRET: "secret" }, /shorter than 32/],
    ["with https and no proxy that ends it", { TRUST_PROXY: "0" }, /TRUST_PROXY/],
    ["with `true` for the number of proxies", { TRUST_PROXY: "true" }, /TRUST_PROXY is not a whole number/],
    ["with a database that is none", { DATABASE_URL: "mysql://x" }, /DATABASE_URL must be a URL/],
  ])("The production entry refuses to start %s", async (_, change, reason) => {
    const { code, output } = await run({ ...good, ...change }).exit;
    expect(output).toMatch(reason);
    expect(code).toBe(1);
    expect(output).not.toMatch(/^\s+at /m);
    for (const secret of [good.AUTHSIGNAL_API_SECRET_KEY, good.SESSION_SECRET])
      expect(output).not.toContain(secret);
  });

  test("The production entry refuses to start with several problems and lists them all", async () => {
    const { code, output } = await run({ RP_ID: "10.0.0.1", PORT: "http" }).exit;
    expect(code).toBe(1);
    for (const name of ["AUTHSIGNAL_TENANT_ID", "AUTHSIGNAL_API_SECRET_KEY", "AUTHSIGNAL_API_URL"])
      expect(output).toContain(name);
    for (const name of ["ORIGIN", "SESSION_SECRET", "RP_ID", "PORT"]) expect(output).toContain(name);
  });

  test("The production entry refuses a database in which another table has one of our names, with a sentence", async () => {
    const folder = mkdtempSync(join(tmpdir(), "taken-"));
    const database = new SqliteDatabase(join(folder, "app.sqlite"));
    database.exec("CREATE TABLE passkeys_users (id TEXT)");
    const { code, output } = await run({ ...good, DATA_DIR: folder }).exit;
    expect(code).toBe(1);
    expect(output).toMatch(/^The database has a table or index "passkeys_users" [^\n]+\n$/);
    expect(database.prepare("SELECT name FROM sqlite_master").all()).toMatchObject([
      { name: "passkeys_users" },
    ]);
    database.close();
    rmSync(folder, { recursive: true });
  });

  test.each<[string, () => Promise<Record<string, string>>, RegExp]>([
    [
      "a PostgreSQL that does not listen",
      async () => ({ DATABASE_URL: `postgres://u:the-password@127.0.0.1:${await freePort()}/d` }),
      /^PostgreSQL cannot be used: connect ECONNREFUSED [^\n]+\. Check DATABASE_URL\.\n$/,
    ],
    [
      "a Redis that does not listen",
      async () => ({ REDIS_URL: `redis://:the-password@127.0.0.1:${await freePort()}` }),
      /^Redis cannot be used: connect ECONNREFUSED [^\n]+\. Check REDIS_URL\.\n$/,
    ],
    [
      "a DATA_DIR whose file is no database",
      async () => {
        const folder = mkdtempSync(join(dataDir, "text-"));
        writeFileSync(
          join(folder, "app.sqlite"),
          "This is a text, and long enough not to be an empty database.",
        );
        return { DATA_DIR: folder };
      },
      /^SQLite cannot be used: file is not a database\. Check DATA_DIR\.\n$/,
    ],
  ])(
    "The production entry refuses %s, with one sentence that names the variable",
    async (_, change, sentence) => {
      const { code, output } = await run({ ...good, ...(await change()) }).exit;
      expect(code).toBe(1);
      expect(output).toMatch(sentence);
      expect(output).not.toContain("the-password");
    },
  );

  test("The production entry refuses a port in use, with a sentence", async () => {
    const other = createServer();
    const { port, close } = await listen(other, { host: null });
    const { code, output } = await run({ ...good, PORT: String(port) }).exit;
    await close();
    expect(code).toBe(1);
    expect(output).toBe(
      `Port ${port} is in use by another program, or by an earlier start of this app. Stop that, or set PORT to a free port.\n`,
    );
  });
});

test("The local entry does not start the emulator under NODE_ENV=production", async () => {
  const { code, output } = await run({ NODE_ENV: "production", PORT: "0", EMULATOR_PORT: "0" }, localEntry)
    .exit;
  expect(code).toBe(1);
  expect(output).toMatch(/emulator does not run/);
});

describe("a graceful stop", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "After %s requests in flight are answered, then the process exits with 0",
    async (signal) => {
      const port = await freePort();
      const { child, exit } = run({ ...good, PORT: String(port) });
      await started(child);
      const body = JSON.stringify({ email: "no address" });
      // Half a request is under way when the signal comes.
      const socket = connect(port, "localhost");
      let answer = "";
      socket.setEncoding("utf8");
      socket.on("data", (text: string) => {
        answer += text;
      });
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.write(
        [
          "POST /api/otp/challenge HTTP/1.1",
          "Host: app.example.com",
          "Origin: https://app.example.com",
          "Content-Type: application/json",
          "X-Forwarded-Proto: https",
          "Expect: 100-continue",
          `Content-Length: ${body.length}`,
          "",
          "",
        ].join("\r\n"),
      );
      // The server has taken it in.
      await new Promise((resolve) => socket.once("data", resolve));
      expect(answer).toMatch(/^HTTP\/1.1 100/);
      child.kill(signal);
      await refused(port);
      socket.write(body);
      await closed;
      expect(answer).toMatch(/HTTP\/1.1 400 /);
      expect(answer).toContain("validation_failed");
      expect((await exit).code).toBe(0);
    },
  );

  test("After SIGTERM readiness is 503 at once, while the app still serves requests", async () => {
    const port = await freePort();
    const { child, exit } = run({ ...good, PORT: String(port), DRAIN_SECONDS: "3" });
    await started(child);
    const readiness = () => fetch(`http://localhost:${port}/readyz`);
    expect((await readiness()).status).toBe(200);
    const stoppedAt = performance.now();
    child.kill("SIGTERM");
    await expect.poll(async () => (await readiness()).status, { interval: 20 }).toBe(503);
    expect(performance.now() - stoppedAt).toBeLessThan(2000);
    const draining = await readiness();
    expect(await draining.json()).toMatchObject({ status: "draining", checks: { storage: "ok" } });
    expect(draining.headers.get("connection")).toBe("close");
    const served = await fetch(`http://localhost:${port}/api/session`, {
      headers: { "X-Forwarded-Proto": "https" },
    });
    expect(served.status).toBe(200);
    expect((await exit).code).toBe(0);
    expect(performance.now() - stoppedAt).toBeGreaterThan(3000);
  });

  test("A second signal ends the process at once", async () => {
    const port = await freePort();
    const { child, exit } = run({ ...good, PORT: String(port), DRAIN_SECONDS: "300" });
    await started(child);
    child.kill("SIGTERM");
    await expect
      .poll(async () => (await fetch(`http://localhost:${port}/readyz`)).status, { interval: 20 })
      .toBe(503);
    child.kill("SIGINT");
    expect((await exit).code).not.toBe(0);
  });

  test("Idle connections do not delay the stop", async () => {
    const port = await freePort();
    const { child, exit } = run({ ...good, PORT: String(port) });
    await started(child);
    const socket = connect(port, "localhost");
    socket.write("GET /healthz HTTP/1.1\r\nHost: app.example.com\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    child.kill("SIGTERM");
    await closed;
    expect((await exit).code).toBe(0);
  });
});

describe("standard output that cannot be written to ends nothing", () => {
  async function isServing(port: number): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      const answer = await fetch(`http://localhost:${port}/api/session`, {
        headers: { "X-Forwarded-Proto": "https" },
      });
      expect(answer.status).toBe(200);
    }
  }

  test("The app goes on when the reader of its standard output has closed it", async () => {
    const port = await freePort();
    const { child, exit } = run({ ...good, PORT: String(port) });
    await started(child);
    child.stdout?.destroy();
    child.stderr?.destroy();
    await isServing(port);
    child.kill("SIGTERM");
    await exit;
    expect(child.exitCode).toBe(0);
  });

  test.runIf(existsSync("/dev/full"))("when the disk that it goes to is full", async () => {
    const port = await freePort();
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [entry], {
      env: { PATH: process.env.PATH, DATA_DIR: dataDir, ...good, PORT: String(port) },
      stdio: ["ignore", full, full],
    });
    const closed = new Promise((resolve) => child.once("close", resolve));
    closeSync(full);
    const isUp = () =>
      fetch(`http://localhost:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(isUp).toBe(true);
    await isServing(port);
    child.kill("SIGTERM");
    expect(await closed).toBe(0);
  });
});

/** Resolves when the log says that it listens. */
function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (text: string) => {
      if (text.includes('"started"')) resolve();
    });
    child.once("close", (code) => reject(new Error(`It ended with ${code}.`)));
  });
}

/** Resolves when nobody is let in any more. */
async function refused(port: number): Promise<void> {
  const isOpen = () =>
    new Promise<boolean>((resolve) => {
      const probe = connect(port, "localhost");
      probe.once("connect", () => {
        probe.destroy();
        resolve(true);
      });
      probe.once("error", () => resolve(false));
    });
  while (await isOpen());
}
