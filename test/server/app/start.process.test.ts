/** `npm start` and `npm run dev` as a person runs them: through npm, in a folder of their own with the built app. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import request from "supertest";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { defaultTenant } from "../../../server/emulator/index.ts";
import { createClientApi } from "../../kit/client-api.ts";
import { createFlows } from "../../kit/flows.ts";
import { freePort, listen } from "../../kit/listen.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
beforeAll(() => {
  if (!existsSync(join(repository, "dist/server/local.js")))
    throw new Error("The server is not built: run `npm run build`.");
});

/** A development start compiles every file, on a machine that may be busy. */
const aStart = { timeout: 90_000 };
vi.setConfig({ testTimeout: 240_000 });

let folder: string;
let started: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "start-"));
  started = [];
  const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  // The app is built already, and building it is not what is tested here.
  const scripts = { ...manifest.scripts, build: "node --version" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, scripts }));
  cpSync(join(repository, "server"), join(folder, "server"), { recursive: true });
  cpSync(join(repository, "shared"), join(folder, "shared"), { recursive: true });
  for (const name of ["client", "dist", "node_modules", "tsconfig.base.json", "vite.config.ts"])
    symlinkSync(join(repository, name), join(folder, name));
});
afterEach(async () => {
  for (const { pid } of started) killGroup(pid);
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<{ readonly code: number | null; readonly output: string }>;
}

function npm(script: string, env: Record<string, string> = {}): Run {
  const { PATH = "", HOME = folder } = process.env;
  const child = spawn("npm", ["run", script], {
    cwd: folder,
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own, which `afterEach` can end as a whole.
    detached: true,
  });
  started.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const exit = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, output })),
  );
  return { child, output: () => output, exit };
}

/** Ends npm and everything that it started. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function freePorts(): Promise<{ PORT: string; EMULATOR_PORT: string }> {
  return { PORT: String(await freePort()), EMULATOR_PORT: String(await freePort()) };
}

function statusAt(port: string): Promise<number | null> {
  return fetch(`http://localhost:${port}/readyz`).then(
    ({ status }) => status,
    () => null,
  );
}

function isOpen(port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(Number(port), "127.0.0.1");
    probe.once("connect", () => resolve(true)).once("error", () => resolve(false));
    probe.once("close", () => probe.destroy());
    probe.once("connect", () => probe.destroy());
  });
}

/** Resolves when Vite has accepted the connection, which stays open. */
function openWebSocket(port: string): Promise<void> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": Buffer.alloc(16).toString("base64"),
    "Sec-WebSocket-Protocol": "vite-ping",
  };
  return new Promise((resolve, reject) => {
    const opening = httpRequest(`http://localhost:${port}/`, { headers });
    opening.once("error", reject).end();
    opening.once("upgrade", (_res, socket) => {
      // The server may reset it.
      socket.on("error", () => {});
      resolve();
    });
  });
}

/** Everything that a failed start prints, without npm's own lines. */
function sentences(output: string): readonly string[] {
  return output.split("\n").filter((line) => line !== "" && !/^(> |v\d+\.|npm (error|notice))/.test(line));
}

describe("the processes of", () => {
  test.each(["start", "dev"])(
    "After SIGTERM to `npm run %s` neither the app nor the emulator runs",
    async (script) => {
      const ports = await freePorts();
      const { child, exit } = npm(script, ports);
      await expect.poll(() => statusAt(ports.PORT), aStart).toBe(200);
      expect(await isOpen(ports.EMULATOR_PORT)).toBe(true);
      child.kill("SIGTERM");
      await exit;
      await expect.poll(() => isOpen(ports.PORT)).toBe(false);
      await expect.poll(() => isOpen(ports.EMULATOR_PORT)).toBe(false);
    },
  );
});

test("After `npm start` a person signs in by code, adds a passkey and signs in with it", async () => {
  const ports = await freePorts();
  npm("start", ports);
  await expect.poll(() => statusAt(ports.PORT), aStart).toBe(200);
  const origin = `http://localhost:${ports.PORT}`;
  const emulatorUrl = `http://localhost:${ports.EMULATOR_PORT}`;
  const { tenantId } = defaultTenant;
  const { signInWithOtp, enrollPasskey, signInWithPasskey } = createFlows({
    emulatorUrl,
    clientApi: (authenticator) =>
      createClientApi({ tenantId, baseUrl: `${emulatorUrl}/v1`, origin, authenticator }),
  });
  const authenticator = createSoftAuthenticator();
  const owner = request.agent(origin);
  const user = await signInWithOtp(owner);
  await enrollPasskey(owner, authenticator);
  expect(await signInWithPasskey(request.agent(origin), authenticator)).toMatchObject({ id: user.id });
});

test("`npm run dev` restarts when a file of the server changes, also while a page is open", async () => {
  const ports = await freePorts();
  const { output } = npm("dev", ports);
  await expect.poll(() => statusAt(ports.PORT), aStart).toBe(200);
  // The page's own connection, which a restart must not wait for.
  await openWebSocket(ports.PORT);
  const file = join(folder, "server/app/app.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace('"/readyz"', '"/readyz-edited"'));
  // Every other path answers the page.
  const typeOf = () =>
    fetch(`http://localhost:${ports.PORT}/readyz-edited`).then(
      ({ headers }) => headers.get("content-type"),
      () => null,
    );
  await expect.poll(typeOf, aStart).toMatch(/^application\/json/);
  await expect.poll(() => output().match(/^App /gm)).toHaveLength(2);
});

test("`npm start` reads .env, lets the environment count before it, keeps its files from other users, and replaces an empty secret", async () => {
  const { PORT, EMULATOR_PORT } = await freePorts();
  const other = String(await freePort());
  writeFileSync(
    join(folder, ".env"),
    `PORT=${other}\nEMULATOR_PORT=${EMULATOR_PORT}\nORIGIN=http://localhost:${PORT}\nDATA_DIR=\n`,
  );
  // What a full disk leaves of the first start.
  mkdirSync(join(folder, ".data"), { mode: 0o700 });
  writeFileSync(join(folder, ".data/session-secret"), "");
  const { output } = npm("start", { PORT });
  await expect.poll(() => statusAt(PORT), aStart).toBe(200);
  expect(readFileSync(join(folder, ".data/session-secret"), "utf8")).toHaveLength(43);
  await expect.poll(output).toContain(`App       http://localhost:${PORT}\n`);
  expect(output()).toContain(`Emulator  http://localhost:${EMULATOR_PORT}`);
  expect(await isOpen(other)).toBe(false);
  for (const file of ["app.sqlite", "emulator.sqlite", "emulator.sqlite-wal", "emulator.sqlite.lock"])
    expect(statSync(join(folder, ".data", file)).mode & 0o077, file).toBe(0);
});

test("`npm start` reaches the emulator although a proxy is set that leads nowhere", async () => {
  const ports = await freePorts();
  const proxy = "http://127.0.0.1:9";
  const { output } = npm("start", { ...ports, http_proxy: proxy, HTTP_PROXY: proxy, ALL_PROXY: proxy });
  await expect.poll(() => statusAt(ports.PORT), aStart).toBe(200);
  const asked = await fetch(`http://localhost:${ports.PORT}/api/otp/challenge`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: `http://localhost:${ports.PORT}` },
    body: JSON.stringify({ email: "ann@example.com" }),
  });
  expect(asked.status).toBe(202);
  // A line of its own, with space around it: the log's lines are JSON.
  await expect.poll(output).toMatch(/\n\n {4}Code for ann@example\.com: \d{6}\n\n/);
});

describe("a start that cannot succeed says in one sentence what to set, when", () => {
  async function taken(use: (port: string) => Promise<void>): Promise<void> {
    const other = await listen(createServer(), { host: "127.0.0.1" });
    await use(String(other.port)).finally(() => other.close());
  }

  test("`npm start` finds its port taken", async () => {
    await taken(async (port) => {
      const { code, output } = await npm("start", { ...(await freePorts()), PORT: port }).exit;
      expect(code).toBe(1);
      expect(sentences(output)).toEqual([
        `Port ${port} is in use by another program, or by an earlier start of this app. Stop that, or set PORT to a free port.`,
      ]);
    });
  });

  test("`npm start` finds the emulator's port taken", async () => {
    await taken(async (port) => {
      const { output } = await npm("start", { ...(await freePorts()), EMULATOR_PORT: port }).exit;
      expect(sentences(output)).toEqual([
        `Port ${port} is in use by another program, or by an earlier start of this app. Stop that, or set EMULATOR_PORT to a free port.`,
      ]);
    });
  });

  test("`npm start` runs a second time with the same data", async () => {
    const ports = await freePorts();
    npm("start", ports);
    await expect.poll(() => statusAt(ports.PORT), aStart).toBe(200);
    const { output } = await npm("start", await freePorts()).exit;
    expect(sentences(output)).toEqual([
      "The app runs already with the data in .data. Stop it, or set DATA_DIR, PORT and EMULATOR_PORT to run a second one.",
    ]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      "NODE_ENV is production",
      { NODE_ENV: "production " },
      /^Without a tenant .+ Unset NODE_ENV, or set AUTHSIGNAL_TENANT_ID, .+\.$/,
    ],
    ["DATA_DIR is a file", { DATA_DIR: "package.json" }, /^DATA_DIR "package\.json" cannot be used .+\.$/],
    [
      "DATA_DIR cannot be made",
      { DATA_DIR: "/dev/null/data" },
      /^DATA_DIR "\/dev\/null\/data" cannot be used .+\.$/,
    ],
  ])("`npm start` finds that %s", async (_, env, sentence) => {
    const { code, output } = await npm("start", { ...(await freePorts()), ...env }).exit;
    expect(code).toBe(1);
    expect(sentences(output)).toEqual([expect.stringMatching(sentence)]);
  });

  test("`npm start` finds that .env is a folder", async () => {
    mkdirSync(join(folder, ".env"));
    const { output } = await npm("start", await freePorts()).exit;
    expect(output).toContain(".env cannot be read (EISDIR): make it a file that you may read, or remove it.");
    expect(output).not.toMatch(/^\s+at /m);
  });

  test.each<[string, readonly string[], string]>([
    ["nothing is installed", [], "The packages are not installed: run `npm ci`."],
    [
      "the development packages are not installed",
      ["express"],
      "Development packages are missing (typescript, vite, tsx), which build and run the app here. npm leaves them out with NODE_ENV=production or --omit=dev: run `npm ci --include=dev`.",
    ],
  ])("`npm start` and `npm run dev` find that %s", async (_, installed, sentence) => {
    rmSync(join(folder, "node_modules"));
    for (const name of installed) {
      mkdirSync(join(folder, "node_modules", name), { recursive: true });
      writeFileSync(join(folder, "node_modules", name, "index.js"), "");
    }
    for (const script of ["start", "dev"]) {
      const { code, output } = await npm(script).exit;
      expect(code).toBe(1);
      expect(sentences(output)).toEqual([sentence]);
    }
  });
});
