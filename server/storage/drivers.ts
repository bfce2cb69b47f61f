/** Loads the back ends with their drivers. A host installs only the driver of the database that it uses. */
import { loadOptional } from "../http/optional-package.ts";

export const loadSqlite = () =>
  loadOptional("A SQLite `file`", ["libsql"], () => import("./drivers/sqlite.ts"));

export const loadPostgres = () => loadOptional("PostgreSQL", ["pg"], () => import("./drivers/postgres.ts"));

export const loadRedis = () =>
  loadOptional("Redis", ["redis"], () => import("./drivers/redis.ts"));
