/** A connection of the pool, as Kysely borrows it: one that has failed never comes back to the pool. */
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import pg from "pg";

/**
 * Kysely gives connections back without a word about them. One whose server has said good-bye (`FATAL`) would be lent to
 * the next request until its socket is seen to close, and that request would fail as well.
 */
export function lend(pool: pg.Pool): PostgresPool {
  return {
    connect: async () => new LentClient(await pool.connect()),
    end: () => pool.end(),
  };
}

class LentClient implements PostgresPoolClient {
  readonly #query: PostgresPoolClient;
  readonly #release: pg.PoolClient["release"];
  #isBroken = false;

  constructor(client: pg.PoolClient) {
    this.#query = client;
    this.#release = client.release;
  }

  query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  query<Row>(asked: string | PostgresCursor<Row>, parameters: readonly unknown[] = []) {
    if (typeof asked !== "string") return this.#query.query(asked);
    return this.#query.query<Row>(asked, parameters).catch((error: unknown) => {
      this.#isBroken = !isAnswer(error);
      throw error;
    });
  }

  release(): void {
    this.#release(this.#isBroken);
  }
}

/** The server has refused the query and takes the next one. */
function isAnswer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity !== "FATAL" && error.severity !== "PANIC";
}
