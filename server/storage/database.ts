/** One query layer (Kysely), two dialects. A database is opened by `sqlite.ts` or `postgres.ts` and migrated here. */
import { type Kysely, Migrator } from "kysely";
import type { Limiter, LimitRule } from "./limiter.ts";
import { migrations } from "./migrations.ts";
import type { Schema } from "./schema.ts";

export type Database = Kysely<Schema>;

/** An SQL database, opened and migrated. Both members may be the same connection pool. */
export interface SqlBackEnd {
  /** What must survive anything: users, names, answers. */
  readonly accounts: Database;
  /** What is written at every turn and lives for hours: sessions, tokens, grants, the audit trail. */
  readonly traffic: Database;
  readonly limiter: (rule: LimitRule) => Limiter;
  readonly close: () => Promise<void>;
}

/** Brings a database up to date. Several app instances may do so at once: PostgreSQL's advisory lock orders them. */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
