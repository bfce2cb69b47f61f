/**
 * A process of its own that opens the storage of its first argument. `start`: opens it, once it is told to, and ends.
 * `half`: stops in the middle of the first migration and waits there to be killed.
 */
import { once } from "node:events";
import { openPostgres } from "../../../server/storage/drivers/postgres.ts";
import { openSqlite } from "../../../server/storage/drivers/sqlite.ts";
import { openStorage } from "../../../server/storage/storage.ts";
import type { Migrations } from "../../../server/storage/tables/migrate.ts";
import { migrations } from "../../../server/storage/tables/migrations.ts";
import type { TestPlace } from "../../kit/test-storage.ts";

const [, , given = "", mode = ""] = process.argv;
const options: TestPlace["options"] = JSON.parse(given);

if (mode === "start") await start();
else await stopHalfway();

async function start(): Promise<void> {
  process.stdout.write("ready\n");
  await once(process.stdin, "data");
  const storage = await openStorage({ ...options, now: () => new Date() });
  await storage.ping();
  await storage.close();
  process.exit(0);
}

async function stopHalfway(): Promise<void> {
  const [first = ""] = Object.keys(migrations);
  const halfMade: Migrations = {
    [first]: {
      async up(db) {
        await db.schema.createTable("users").addColumn("id", "text").execute();
        await db.schema.createIndex("users_id").on("users").column("id").execute();
        process.stdout.write("half\n");
        setInterval(() => {}, 1000);
        await new Promise(() => {});
      },
    },
  };
  const common = { tablePrefix: "passkeys_", migrations: halfMade };
  if ("file" in options) await openSqlite({ ...common, file: options.file });
  else await openPostgres({ ...common, database: { url: options.databaseUrl }, schema: null });
}
