/**
 * Loads the drivers. A host installs only that of its database, so no other file imports one but for its types: a static
 * `import` in a file that is loaded late stands at the top of a bundle that is one file, and needs every driver.
 */
import { asMissing, MissingPackageError } from "../http/optional-package.ts";

export type Libsql = typeof import("libsql");
export type Pg = Pick<typeof import("pg"), "Pool">;
export type Redis = typeof import("redis");

export async function loadLibsql(): Promise<Libsql> {
  try {
    return (await import("libsql")).default;
  } catch (error) {
    throw asMissing(error, "A SQLite `file`", "libsql");
  }
}

export async function loadPg(): Promise<Pg> {
  try {
    return (await import("pg")).default;
  } catch (error) {
    throw asMissing(error, "PostgreSQL", "pg");
  }
}

/** @throws MissingPackageError for redis 4 as well, which a host may have for itself */
export async function loadRedis(): Promise<Redis> {
  let redis: Redis;
  try {
    redis = await import("redis");
  } catch (error) {
    throw asMissing(error, "Redis", "redis");
  }
  if ("createSentinel" in redis) return redis;
  throw new MissingPackageError(
    'Redis needs redis 5 or newer from npm, and an older one is installed: run "npm install redis@latest".',
  );
}
