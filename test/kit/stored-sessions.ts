/** A look into the store of a test's sessions, whichever it is. */
import { createClient } from "redis";
import type { Storage } from "../../server/storage/storage.ts";
import { RedisSessionStore } from "../../server/storage/stores/redis-session-store.ts";

/**
 * Redis forgets by its own clock, which no test can move: there it is held to what it was told. False where
 * the store goes by the test's clock.
 * @throws unless every session in Redis is to be forgotten within the last minute before `seconds`
 */
export async function isToldToForget(storage: Storage, seconds: number): Promise<boolean> {
  const lives = await livesInRedis(storage);
  if (lives === null) return false;
  if (lives.length === 0) throw new Error("There is no session in Redis.");
  for (const left of lives)
    if (left > seconds || left < seconds - 60) throw new Error(`A session is forgotten in ${left} seconds.`);
  return true;
}

/** In how many seconds Redis forgets each session, the shortest first. Null where the store is not in Redis. */
export async function livesInRedis(storage: Storage): Promise<readonly number[] | null> {
  const lives = await eachInRedis(storage, (client, key) => client.ttl(key));
  return lives?.toSorted((a, b) => a - b) ?? null;
}

/** Makes every stored session unreadable, as a fault of the disk or of another version would. */
export async function breakSessions(storage: Storage): Promise<void> {
  await storage.traffic.updateTable("sessions").set({ data: "{" }).execute();
  await eachInRedis(storage, (client, key) => client.set(key, "{"));
}

/** All that the store keeps, as text: keys and values, in Redis too. */
export async function allSessions(storage: Storage): Promise<string> {
  const rows = await storage.traffic.selectFrom("sessions").selectAll().execute();
  const inRedis = (await eachInRedis(storage, async (client, key) => [key, await client.get(key)])) ?? [];
  if (rows.length + inRedis.length === 0) throw new Error("There is no session in the store.");
  return JSON.stringify([rows, inRedis]);
}

const clientOf = (url: string) => createClient({ url });

/** Null where the store is not in Redis. */
async function eachInRedis<Result>(
  { sessionStore }: Storage,
  use: (client: ReturnType<typeof clientOf>, key: string) => Promise<Result>,
): Promise<readonly Result[] | null> {
  const { TEST_REDIS_URL: url } = process.env;
  if (!(sessionStore instanceof RedisSessionStore) || url === undefined) return null;
  const client = clientOf(url);
  await client.connect();
  try {
    const keys = await client.keys(`${sessionStore.prefix}*`);
    return await Promise.all(keys.map((key) => use(client, key)));
  } finally {
    await client.close();
  }
}
