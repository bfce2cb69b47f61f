/** Sessions and limits in Redis, through kept adapters. Loaded only with REDIS_URL. */
import type { Store } from "express-session";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { createClient } from "redis";
import { type Limiter, type LimitRule, toLimiter } from "./limiter.ts";
import { RedisSessionStore } from "./redis-session-store.ts";

export async function openRedis(
  redisUrl: string,
  prefix: string,
): Promise<{
  sessionStore: Store;
  limiter: (rule: LimitRule) => Limiter;
  ping: () => Promise<void>;
  close: () => Promise<void>;
}> {
  const client = createClient({
    url: redisUrl,
    // While Redis is away a command fails at once instead of queueing behind the person who waits.
    disableOfflineQueue: true,
    socket: { connectTimeout: 3000 },
  });
  // The client reconnects by itself; without a listener an outage would end the process.
  client.on("error", () => {});
  await client.connect();
  return {
    sessionStore: new RedisSessionStore({ client, prefix: `${prefix}session:` }),
    limiter: ({ name, points, seconds }) =>
      toLimiter(
        new RateLimiterRedis({
          storeClient: client,
          useRedisPackage: true,
          keyPrefix: `${prefix}${name}`,
          points,
          duration: seconds,
        }),
      ),
    async ping() {
      await client.ping();
    },
    async close() {
      await client.close();
    },
  };
}
