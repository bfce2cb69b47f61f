/** A look into the store of a test's sessions, whichever it is. */
import { RedisStore } from "connect-redis";
import type { Storage } from "../../server/storage/storage.ts";

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
export async function livesInRedis({ sessionStore }: Storage): Promise<readonly number[] | null> {
  if (!(sessionStore instanceof RedisStore)) return null;
  const { client } = sessionStore;
  const lives = await Promise.all((await keysOf(sessionStore)).map((key) => client.ttl(key)));
  return lives.toSorted((a, b) => a - b);
}

/** Makes every stored session unreadable, as a fault of the disk or of another version would. */
export async function breakSessions({ sessionStore, traffic }: Storage): Promise<void> {
  await traffic.updateTable("sessions").set({ data: "{" }).execute();
  if (!(sessionStore instanceof RedisStore)) return;
  for (const key of await keysOf(sessionStore)) await sessionStore.client.set(key, "{");
}

/** All that the store keeps, as text: keys and values, in Redis too. */
export async function allSessions({ sessionStore, traffic }: Storage): Promise<string> {
  const rows = await traffic.selectFrom("sessions").selectAll().execute();
  const keys = sessionStore instanceof RedisStore ? await keysOf(sessionStore) : [];
  const values = sessionStore instanceof RedisStore ? await sessionStore.all() : [];
  if (rows.length + keys.length === 0) throw new Error("There is no session in the store.");
  return JSON.stringify([rows, keys, values]);
}

async function keysOf(store: RedisStore): Promise<string[]> {
  const ids: string[] = await store.ids();
  return ids.map((id) => `${store.prefix}${id}`);
}
