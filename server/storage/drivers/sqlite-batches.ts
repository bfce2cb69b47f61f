/**
 * Commits the writes of one turn of the event loop together, of whatever requests they are: a commit of SQLite costs more
 * than the writes in it. A write is answered when it is committed.
 */
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from "kysely";
import { isRead, type Statements } from "./sqlite-statements.ts";

interface Write {
  /** Runs the statement. @returns what answers the caller, after the commit */
  readonly run: () => () => void;
  readonly fail: (error: unknown) => void;
}

interface Turn {
  readonly of: DatabaseConnection;
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** @param driver Kysely's for SQLite, which runs a query when it is called */
export class BatchingDriver implements Driver {
  readonly #driver: Driver;
  readonly #statements: Statements;
  #connection: DatabaseConnection | undefined;
  #queued: Write[] = [];
  /** While somebody has a transaction of their own open on the one connection. */
  #turn: Turn | null = null;

  constructor(driver: Driver, statements: Statements) {
    this.#driver = driver;
    this.#statements = statements;
  }

  async init(): Promise<void> {
    await this.#driver.init();
    this.#connection = await this.#driver.acquireConnection();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const { connection } = this;
    const shared: DatabaseConnection = {
      executeQuery: async <Row>(query: CompiledQuery) => {
        while (this.#turn !== null && this.#turn.of !== shared) await this.#turn.over;
        const isAlone = this.#turn !== null || isRead(query.sql);
        return isAlone ? connection.executeQuery<Row>(query) : this.#queue<Row>(query);
      },
      streamQuery: <Row>(query: CompiledQuery, size?: number) => connection.streamQuery<Row>(query, size),
    };
    return shared;
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    while (this.#turn !== null) await this.#turn.over;
    this.#flush();
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#turn = { of: connection, over, end };
    await this.#driver.beginTransaction(this.connection, settings).catch((error: unknown) => {
      this.#endTurn();
      throw error;
    });
  }

  async commitTransaction(): Promise<void> {
    await this.#driver.commitTransaction(this.connection);
    this.#endTurn();
  }

  async rollbackTransaction(): Promise<void> {
    await this.#driver.rollbackTransaction(this.connection).finally(() => this.#endTurn());
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#flush();
    await this.#driver.destroy();
  }

  private get connection(): DatabaseConnection {
    if (this.#connection === undefined) throw new Error("The driver was not initialised.");
    return this.#connection;
  }

  #endTurn(): void {
    this.#turn?.end();
    this.#turn = null;
  }

  #queue<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return new Promise((resolve, reject) => {
      const run = () => {
        const result = this.connection.executeQuery<Row>(query);
        return () => resolve(result);
      };
      this.#queued.push({ run, fail: reject });
      if (this.#queued.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    // The end of the transaction that is open will do it.
    if (this.#turn !== null) {
      void this.#turn.over.then(() => this.#flush());
      return;
    }
    const batch = this.#queued;
    if (batch.length === 0) return;
    this.#queued = [];
    const outcomes = this.#statements.together(batch.map(({ run }) => run));
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") outcome.value();
      else batch[at]?.fail(outcome.reason);
    }
  }
}
