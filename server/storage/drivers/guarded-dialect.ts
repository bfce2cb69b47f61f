/** A Kysely dialect whose queries fail with a 503 in an outage, so that no caller has to know the driver's errors. */
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from "kysely";
import type { OutageWatch } from "../../http/outages.ts";

export function guardDialect(dialect: Dialect, outages: OutageWatch): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => guardDriver(dialect.createDriver(), outages),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

function guardDriver(driver: Driver, outages: OutageWatch): Driver {
  return {
    init: () => driver.init(),
    async acquireConnection() {
      // Not `run`: a connection that was idle may be dead, and only a query finds out.
      const own = await driver.acquireConnection().catch((error: unknown) => {
        throw outages.convert(error);
      });
      return new GuardedConnection(own, outages);
    },
    beginTransaction: (connection, settings) => driver.beginTransaction(connection, settings),
    commitTransaction: (connection) => driver.commitTransaction(connection),
    rollbackTransaction: (connection) => driver.rollbackTransaction(connection),
    // The driver knows only connections of its own making.
    releaseConnection: (connection) =>
      driver.releaseConnection(connection instanceof GuardedConnection ? connection.own : connection),
    destroy: () => driver.destroy(),
  };
}

class GuardedConnection implements DatabaseConnection {
  readonly own: DatabaseConnection;
  readonly #outages: OutageWatch;

  constructor(own: DatabaseConnection, outages: OutageWatch) {
    this.own = own;
    this.#outages = outages;
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    // In an async function, because SQLite's driver throws at once.
    return this.#outages.run(
      async () => this.own.executeQuery<Row>(query),
      () => nameOf(query),
    );
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.own.streamQuery<Row>(query, chunkSize);
  }
}

/** The statement and its table, such as `select passkeys_users`, for traces. */
function nameOf({ sql }: CompiledQuery): string {
  const [verb = ""] = /^\w+/.exec(sql.trimStart()) ?? [];
  const [, table] = /\b(?:from|into|update)\s+(?:"[^"]*"\.)?"([^"]*)"/.exec(sql) ?? [];
  return table === undefined ? verb : `${verb} ${table}`;
}
