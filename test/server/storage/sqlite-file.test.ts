/** The SQLite file itself: who may read it. */
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqlite } from "../../../server/storage/drivers/sqlite.ts";
import { migrations } from "../../../server/storage/tables/migrations.ts";

test.skipIf(process.platform === "win32")(
  "only its owner can read the database, whatever the rights of the folder",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "sqlite-"));
    chmodSync(folder, 0o755);
    const { accounts, close } = await openSqlite({
      file: join(folder, "app.sqlite"),
      tablePrefix: "passkeys_",
      migrations,
    });
    try {
      await accounts.selectFrom("users").selectAll().execute();
      const files = readdirSync(folder);
      expect(files).toContain("app.sqlite-wal");
      for (const name of files) expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
    } finally {
      await close();
      rmSync(folder, { recursive: true });
    }
  },
);
