/** The connection to one Redis, to the master that Sentinel names, or to all masters of a Cluster, with the same calls. */
import type { RedisAddress } from "../../http/options/redis-address.ts";
import type { Redis } from "../drivers.ts";
import type { SessionClient } from "../stores/redis-session-store.ts";

/** Tries to connect at the start, some four seconds in all. Later the client tries for as long as it takes. */
const firstTries = 7;

/** What the three clients of `redis` have in common, as far as it is used here. */
interface RedisClient extends SessionClient {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  close(): Promise<unknown>;
  destroy(): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
}

export interface RedisLine {
  /** For the session store and rate-limiter-flexible, which know all three. */
  readonly client: RedisClient;
  /** Tries for as long as it takes where there is a group: bound it, and destroy the client when it is late. */
  connect(): Promise<void>;
  /** In the order of the keys; null for one that is not there. */
  readAll(keys: readonly string[]): Promise<readonly (string | null)[]>;
}

/** @param onError told of faults outside of commands. The client reconnects by itself */
export function createRedisLine(
  redis: Redis,
  address: RedisAddress,
  onError: (error: unknown) => void,
): RedisLine {
  const line = lineTo(redis, address);
  // Without a listener an outage would end the process.
  line.client.on("error", onError);
  return line;
}

function lineTo(redis: Redis, address: RedisAddress): RedisLine {
  if (address.kind === "server") return lineToServer(redis, address.url);
  return address.kind === "sentinel" ? lineToMaster(redis, address) : lineToCluster(redis, address);
}

function lineToServer({ createClient }: Redis, url: string): RedisLine {
  let isStarted = false;
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout,
      // Without an end to it, a start without Redis would wait and say nothing.
      reconnectStrategy: (tries, cause) => (!isStarted && tries >= firstTries ? cause : pause(tries)),
    },
  });
  return {
    client,
    async connect() {
      await client.connect();
      isStarted = true;
    },
    readAll: (keys) => client.mGet([...keys]),
  };
}

function lineToMaster(
  { createSentinel }: Redis,
  address: RedisAddress & { readonly kind: "sentinel" },
): RedisLine {
  const { nodes, master, login, sentinelLogin, database, tls } = address;
  const client = createSentinel({
    name: master,
    sentinelRootNodes: [...nodes],
    nodeClientOptions: { ...login, database, ...nodeOptions(tls) },
    sentinelClientOptions: { ...sentinelLogin, ...nodeOptions(tls) },
    // A fail-over that Sentinel's message did not tell of is seen then.
    scanInterval: 2000,
  });
  return {
    client,
    connect: async () => void (await client.connect()),
    readAll: (keys) => client.mGet([...keys]),
  };
}

function lineToCluster(
  { createCluster }: Redis,
  { nodes, login, tls }: RedisAddress & { readonly kind: "cluster" },
): RedisLine {
  const client = createCluster({
    rootNodes: nodes.map(({ host, port }) => ({ socket: tls ? { host, port, tls: true } : { host, port } })),
    defaults: { ...login, ...nodeOptions(tls) },
    topologyRefreshOnReconnectionAttemptStrategy: 1000,
  });
  return {
    client,
    connect: async () => void (await client.connect()),
    // One by one, in one round trip to each node: the keys are on several.
    readAll: (keys) => Promise.all(keys.map((key) => client.get(key))),
  };
}

const connectTimeout = 3000;

/** While Redis is away a command fails at once instead of queueing behind the person who waits. */
function nodeOptions(tls: boolean) {
  const socket = { connectTimeout, reconnectStrategy: pause };
  return { disableOfflineQueue: true, socket: tls ? { ...socket, tls: true as const } : socket };
}

function pause(tries: number): number {
  return Math.min(2 ** tries * 50, 2000) + Math.random() * 200;
}
