/** PostgreSQL, Redis, nginx and the emulator, each on a port and in a folder of its own. */
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "../kit/listen.ts";
import { answersWell, canConnect, createProgram, type Program } from "./processes.ts";

export interface Server extends Program {
  readonly port: number;
}

/** What has to be installed, and where Debian puts it. */
const binaries = {
  redis: ["/usr/bin/redis-server", "/usr/local/bin/redis-server"],
  nginx: ["/usr/sbin/nginx", "/usr/local/sbin/nginx"],
} as const;

/** @throws Error that names the package which is missing */
function find(name: keyof typeof binaries): string {
  const found = binaries[name].find((path) => existsSync(path));
  if (found === undefined) throw missing(name);
  return found;
}

function missing(name: string): Error {
  return new Error(
    `The chaos run needs ${name}, which is not installed: run .ci/start-servers, or install postgresql, redis-server and nginx.`,
  );
}

function findPostgres(): string {
  const root = "/usr/lib/postgresql";
  const [newest] = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folder = join(root, newest ?? "", "bin");
  if (!existsSync(join(folder, "initdb"))) throw missing("PostgreSQL");
  return folder;
}

/** PostgreSQL does not run as root. */
function plainUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number =>
    Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }).trim());
  return { uid: id("-u"), gid: id("-g") };
}

export async function createPostgres(folder: string): Promise<Server & { readonly url: string }> {
  const bin = findPostgres();
  const user = plainUser();
  const port = await freePort();
  const own = join(folder, "postgres");
  mkdirSync(own);
  chmodSync(folder, 0o755);
  if (user.uid !== undefined && user.gid !== undefined) chownSync(own, user.uid, user.gid);
  const data = join(own, "data");
  const initArgs = ["-D", data, "-U", "passkeys", "--auth=trust", "--encoding=UTF8", "--no-locale"];
  execFileSync(join(bin, "initdb"), initArgs, { ...user, cwd: own, stdio: "ignore" });
  const url = `postgres://passkeys@127.0.0.1:${port}/postgres`;
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=100",
    `port=${port}`,
  ];
  const program = createProgram({
    name: "postgres",
    command: join(bin, "postgres"),
    args: ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    folder,
    ...user,
    isReady: async () => void (await query(url, "select 1")),
  });
  return { ...program, port, url };
}

export async function query(url: string, text: string, values: unknown[] = []): Promise<readonly object[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // A server that is stopped ends the connection; the query rejects by itself.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<object>(text, values)).rows;
  } finally {
    await client.end();
  }
}

export async function createRedis(folder: string): Promise<Server & { readonly url: string }> {
  const port = await freePort();
  const own = join(folder, "redis");
  mkdirSync(own);
  const program = createProgram({
    name: "redis",
    command: find("redis"),
    // With persistence, as DEPLOYING.md asks for.
    args: ["--port", String(port), "--bind", "127.0.0.1", "--dir", own, "--appendonly", "yes", "--save", ""],
    folder,
    isReady: () => canConnect(port),
  });
  return { ...program, port, url: `redis://127.0.0.1:${port}` };
}

/** The second port repeats POSTs and gives up after a second, which DEPLOYING.md advises against. */
export async function createNginx(
  folder: string,
  ports: readonly number[],
): Promise<Server & { readonly repeatingPort: number }> {
  const port = await freePort();
  const repeatingPort = await freePort();
  const own = join(folder, "nginx");
  mkdirSync(own);
  const location = (more: string) => `
    location / {
      proxy_pass http://passkeys;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-Proto https;
      # The driver has the addresses of many people.
      proxy_set_header X-Forwarded-For $http_x_virtual_ip;
      ${more}
    }`;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${own}/${name};`)
    .join("\n  ");
  const config = `
worker_processes 1;
pid ${own}/nginx.pid;
error_log ${own}/error.log;
daemon off;
events {}
http {
  access_log off;
  ${temporary}
  upstream passkeys {
    ${ports.map((one) => `server 127.0.0.1:${one} max_fails=1 fail_timeout=1s;`).join("\n    ")}
    keepalive 32;
    # Shorter than the drain of these instances.
    keepalive_timeout 1s;
  }
  server {
    listen 127.0.0.1:${port};
    ${location("proxy_read_timeout 30s;\n      proxy_next_upstream error timeout;")}
  }
  server {
    listen 127.0.0.1:${repeatingPort};
    ${location("proxy_read_timeout 1s;\n      proxy_next_upstream error timeout non_idempotent;")}
  }
}
`;
  writeFileSync(join(own, "nginx.conf"), config);
  const program = createProgram({
    name: "nginx",
    command: find("nginx"),
    args: ["-p", own, "-c", join(own, "nginx.conf"), "-e", join(own, "error.log")],
    folder,
    isReady: () => canConnect(port),
  });
  return { ...program, port, repeatingPort };
}

export interface Tenant {
  readonly tenantId: string;
  readonly apiSecretKey: string;
  /** Ends in `/v1`. */
  readonly apiUrl: string;
}

export const origin = "https://app.example.com";

export async function createEmulator(
  folder: string,
  entry: string,
): Promise<Server & Tenant & { readonly url: string }> {
  const port = await freePort();
  const tenant = { tenantId: "chaos", apiSecretKey: "emulator-secret-of-chaos" };
  const url = `http://127.0.0.1:${port}`;
  const program = createProgram({
    name: "emulator",
    command: process.execPath,
    args: [
      entry,
      ...["--port", String(port), "--tenant-id", tenant.tenantId, "--secret", tenant.apiSecretKey],
      ...["--rp-id", "app.example.com", "--origin", origin, "--quiet"],
    ],
    folder,
    isReady: () => answersWell(`${url}/emulator/messages`),
  });
  return { ...program, port, url, ...tenant, apiUrl: `${url}/v1` };
}
