/** Sessions and limits in Redis, through kept adapters. Loaded only with REDIS_URL. */
import type { Store } from "express-session";
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { RedisAddress } from "../../http/options/redis-address.ts";
import { isDefect, type OutageWatch, type StorageNotice, watchOutages } from "../../http/outages.ts";
import { withinRequest } from "../../http/request-deadline.ts";
import { within } from "../../http/within.ts";
import type { Limiter, LimitRule } from "../../passkeys/ports/limiter.ts";
import { loadRedis, type Redis } from "../drivers.ts";
import { toLimiter } from "../stores/limiters.ts";
import { RedisSessionStore } from "../stores/redis-session-store.ts";
import { createRedisLine } from "./redis-line.ts";

/** How long closing waits for commands that are under way. */
const closeMs = 2000;

export async function openRedis(
  address: RedisAddress,
  prefix: string,
  commandMs: number,
  notify: (notice: StorageNotice) => void,
): Promise<{
  sessionStore: Store;
  limiter: (rule: LimitRule) => Limiter;
  /** Rejects unless Redis answers and can be written to. */
  check: () => Promise<void>;
  isReady: () => boolean;
  close: () => Promise<void>;
}> {
  const redis = await loadRedis();
  const isOutage = outageTest(redis);
  const outages = boundedBy(commandMs, watchOutages({ storage: "Redis", isOutage, notify }));
  const { client, connect, readAll } = createRedisLine(
    redis,
    address,
    (error) => void outages.convert(error),
  );
  try {
    await outages.run(connect);
  } catch (error) {
    // Otherwise it would go on trying behind a start that has failed.
    if (client.isOpen) await client.destroy();
    throw error;
  }
  const readPointsIn = async (keys: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    const values = await readAll(keys.map((key) => `${prefix}${key}`));
    return new Map(keys.map((key, at) => [key, Number(values[at] ?? 0)]));
  };
  return {
    sessionStore: new RedisSessionStore(client, `${prefix}session:`, outages),
    limiter: (rule) =>
      toLimiter(
        {
          make: (counter) =>
            new RateLimiterRedis({
              storeClient: client,
              useRedisPackage: true,
              keyPrefix: `${prefix}${rule.name}`,
              ...counter,
            }),
          read: readPointsIn,
        },
        rule,
        outages,
      ),
    // A write, because a replica and a Redis that cannot save answer a ping.
    check: () =>
      outages.run(async () => {
        await client.set(`${prefix}readiness`, "", { expiration: { type: "EX", value: 60 } });
      }),
    isReady: () => client.isReady,
    async close() {
      if (!client.isOpen) return;
      const closed = client.close();
      await within(closeMs, closed, "").catch(() => client.destroy());
      await closed;
    },
  };
}

/** A server that is frozen keeps its connections and answers none. */
function boundedBy(milliseconds: number, outages: OutageWatch): OutageWatch {
  const late = `Redis did not answer within ${milliseconds} ms.`;
  return {
    convert: outages.convert,
    run: (work, operation) =>
      outages.run(() => withinRequest("Redis", within(milliseconds, work(), late)), operation),
  };
}

/** A reply that is an error begins with a word; these say that nothing can be done now. */
const outageReply =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOREPLICAS|NOAUTH|NOPERM|WRONGPASS|EXECABORT) |^ERR max number of clients/;

function outageTest({ ErrorReply }: Redis) {
  return (error: unknown): boolean =>
    error instanceof ErrorReply ? outageReply.test(error.message) : !isDefect(error);
}
