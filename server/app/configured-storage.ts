/** Opens the storage that the configuration names. */
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { describeError } from "../http/describe-error.ts";
import type { Logger } from "../http/log.ts";
import type { StorageNotice } from "../http/outages.ts";
import { defaultBounds } from "../storage/drivers/postgres-bounds.ts";
import { openStorage, type Storage } from "../storage/storage.ts";
import { StartError } from "./start-error.ts";

/** The variable that leads to each storage. */
const variables: Readonly<Record<string, string>> = {
  PostgreSQL: "DATABASE_URL",
  Redis: "REDIS_URL",
  SQLite: "DATA_DIR",
};

/** @throws StartError when a storage cannot be used, StorageError when its tables cannot */
export async function openConfiguredStorage(config: Config, log: Logger, notices: boolean): Promise<Storage> {
  let isOpen = false;
  let outage: StorageNotice | null = null;
  const onNotice = (notice: StorageNotice): void => {
    // At the start the sentence that ends the process says it.
    if (isOpen) logNotice(log, notice);
    else outage = notice;
  };
  try {
    const storage = await openStorage({
      ...(config.databaseUrl === null
        ? { file: join(config.dataDir, "app.sqlite") }
        : {
            databaseUrl: config.databaseUrl,
            schema: config.databaseSchema,
            maxConnections: config.databaseConnections ?? defaultBounds.maxConnections,
          }),
      tablePrefix: config.tablePrefix,
      migrate: config.migrate,
      tables: { notices },
      redisUrl: config.redisUrl,
      onNotice,
      now: () => new Date(),
    });
    isOpen = true;
    return storage;
  } catch (error) {
    throw startErrorOf(outage) ?? error;
  }
}

function startErrorOf(notice: StorageNotice | null): StartError | null {
  if (notice?.event !== "storage.unavailable") return null;
  const { storage, cause } = notice;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = (describeError(cause).message || code).replace(/\.$/, "");
  return new StartError(`${storage} cannot be used: ${reason}. Check ${variables[storage] ?? storage}.`);
}

function logNotice(log: Logger, notice: StorageNotice): void {
  if (notice.event === "storage.available") log.info(notice);
  else log.error({ ...notice, cause: describeError(notice.cause) });
}
