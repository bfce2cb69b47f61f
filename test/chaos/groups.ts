/** Redis behind Sentinel, Redis Cluster, and PgBouncer before PostgreSQL: each process on a port of its own. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "redis";
import { freePort } from "../kit/listen.ts";
import { canConnect, createProgram, type Program } from "./processes.ts";

export interface Group {
  /** As `REDIS_URL` or `DATABASE_URL` takes it. */
  readonly url: string;
  /** The servers, masters first. */
  readonly programs: readonly Program[];
  /** Ends all of them at once. */
  close(): Promise<void>;
}

async function createRedis(
  folder: string,
  name: string,
  port: number,
  args: readonly string[],
): Promise<Program> {
  const own = join(folder, name);
  mkdirSync(own);
  const program = createProgram({
    name,
    command: "redis-server",
    args: [...args, "--port", String(port), "--bind", "127.0.0.1", "--dir", own, "--save", ""],
    folder,
    isReady: () => canConnect(port),
  });
  await program.start();
  return program;
}

/** Sends one command to one server. */
export async function askRedis(port: number, ...command: readonly string[]): Promise<unknown> {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  client.on("error", () => {});
  await client.connect();
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const giveUpAt = Date.now() + 60_000; !(await isSo()); ) {
    if (Date.now() > giveUpAt) throw new Error("The group of servers did not come up.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A master, a replica and three sentinels that need two votes. A master is down after a second. */
export async function startSentinel(folder: string): Promise<Group & { readonly sentinelPort: number }> {
  const [master, replica, ...sentinels] = await ports(5);
  const programs = [
    await createRedis(folder, "redis-master", master, []),
    await createRedis(folder, "redis-replica", replica, ["--replicaof", "127.0.0.1", String(master)]),
  ];
  await until(async () =>
    String(await askRedis(replica, "INFO", "replication")).includes("master_link_status:up"),
  );
  for (const port of sentinels) {
    const file = join(folder, `sentinel-${port}.conf`);
    const lines = [
      `sentinel monitor mymaster 127.0.0.1 ${master} 2`,
      "sentinel down-after-milliseconds mymaster 1000",
      "sentinel failover-timeout mymaster 5000",
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    programs.push(await createRedis(folder, `sentinel-${port}`, port, [file, "--sentinel"]));
  }
  const [sentinelPort = 0] = sentinels;
  // Each knows the replica and the two others, without which none would fail over.
  await until(async () => {
    const told = await Promise.all(sentinels.map((port) => askRedis(port, "INFO", "sentinel")));
    return told.every((one) => String(one).includes("slaves=1,sentinels=3"));
  });
  const hosts = sentinels.map((port) => `127.0.0.1:${port}`).join(",");
  return group(`redis-sentinel://${hosts}/0?master=mymaster`, programs, { sentinelPort });
}

/** Three masters, and a replica of each. A node is down after a second. */
export async function startCluster(
  folder: string,
): Promise<Group & { readonly nodePorts: readonly number[] }> {
  const nodePorts = await ports(6);
  const options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"];
  const programs: Program[] = [];
  for (const port of nodePorts) {
    // The default is the port and 10000, which may be none.
    const bus = ["--cluster-port", String(await freePort())];
    programs.push(await createRedis(folder, `node-${port}`, port, [...options, ...bus]));
  }
  const nodes = nodePorts.map((port) => `127.0.0.1:${port}`);
  const create = ["--cluster", "create", ...nodes, "--cluster-replicas", "1", "--cluster-yes"];
  execFileSync("redis-cli", create, { stdio: "ignore" });
  await until(async () => {
    const told = await Promise.all(nodePorts.map((port) => askRedis(port, "CLUSTER", "INFO")));
    return told.every((one) => String(one).includes("cluster_state:ok"));
  });
  // One that has copied nothing yet does not follow its master.
  await until(async () => {
    const told = await Promise.all(nodePorts.map((port) => askRedis(port, "INFO", "replication")));
    return told.filter((one) => String(one).includes("master_link_status:up")).length === 3;
  });
  return group(`redis-cluster://${nodes.slice(0, 2).join(",")}`, programs, { nodePorts });
}

/**
 * Transaction mode with few connections, as DEPLOYING.md describes it.
 * @param target a database to which PgBouncer may log in with the name and password of this address
 */
export async function startPgBouncer(folder: string, target: string): Promise<Group> {
  const command = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find((path) => existsSync(path));
  if (command === undefined)
    throw new Error("This needs pgbouncer, which is not installed: run .ci/start-servers, or install it.");
  const { hostname, port: serverPort, username, password, pathname } = new URL(target);
  const [port] = await ports(1);
  const own = join(folder, "pgbouncer");
  mkdirSync(own, { mode: 0o777 });
  const hash = `md5${createHash("md5")
    .update(password + username)
    .digest("hex")}`;
  writeFileSync(join(own, "users.txt"), `"${username}" "${password === "" ? hash : password}"\n`);
  const settings = [
    "[databases]",
    `* = host=${hostname} port=${serverPort || 5432}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    `auth_type = ${password === "" ? "trust" : "md5"}`,
    `auth_file = ${own}/users.txt`,
    "pool_mode = transaction",
    "default_pool_size = 4",
    "ignore_startup_parameters = statement_timeout",
  ];
  writeFileSync(join(own, "pgbouncer.ini"), `${settings.join("\n")}\n`);
  const program = createProgram({
    name: "pgbouncer",
    command,
    args: [join(own, "pgbouncer.ini")],
    folder,
    // It refuses to run as root.
    ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
    isReady: () => canConnect(port),
  });
  await program.start();
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;
  url.pathname = pathname;
  return group(url.href, [program], {});
}

async function ports<Count extends number>(
  count: Count,
): Promise<[number, ...number[]] & [number, number, ...number[]]> {
  const found: number[] = [];
  while (found.length < Math.max(2, count)) found.push(await freePort());
  const [first = 0, second = 0, ...others] = found;
  return [first, second, ...others];
}

function group<More extends object>(url: string, programs: readonly Program[], more: More): Group & More {
  return {
    ...more,
    url,
    programs,
    async close() {
      for (const program of programs) await program.stop("SIGKILL");
    },
  };
}
