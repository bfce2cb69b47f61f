/** A connection of the pool, as Kysely borrows it: one that has failed never comes back to the pool. */
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import { isSqlAnswer } from "../../http/outages.ts";
import { LateRequest, timeLeft, withinRequest } from "../../http/request-deadline.ts";
import { within } from "../../http/within.ts";
import { checkPoolInUse, type HostClient, type HostPool, type PoolQuery } from "./host-pool.ts";

export interface LentPool extends PostgresPool {
  connect(): Promise<LentClient>;
  /** One query on any connection. */
  query<Row>(query: PoolQuery): Promise<PostgresQueryResult<Row>>;
}

export interface Lending {
  /** How long we wait for the answer to a query, in milliseconds. Null: without an end. */
  readonly answerMs: number | null;
  /** What closing the storage does to the pool. */
  readonly end: () => Promise<void>;
}

/**
 * Kysely does not say whether a connection that it gives back has failed. One that got `FATAL` from its server must not be
 * lent to the next request, which would fail as well.
 */
export function lend(pool: HostPool, { answerMs, end }: Lending): LentPool {
  const prepared = { isKept: true };
  const connect = async (): Promise<LentClient> => {
    checkPoolInUse(pool);
    const client = await freeConnection(pool, answerMs);
    return new LentClient(client, answerMs, prepared);
  };
  return {
    connect,
    end,
    async query<Row>(query: PoolQuery) {
      const client = await connect();
      try {
        return await client.run<Row>(query);
      } finally {
        client.release();
      }
    },
  };
}

/** A host's pool may wait for a connection without an end. One that comes too late goes straight back. */
function freeConnection(pool: HostPool, mostMs: number | null): Promise<HostClient> {
  const giveBack = (late: HostClient): void => late.release();
  const noneFree = (): Error =>
    new Error(
      `No connection to PostgreSQL was free within ${mostMs} ms: the pool has ${pool.totalCount}, and ${pool.waitingCount} wait for one. Requests that hold one in a transaction while they wait for another can hold all of them.`,
    );
  const free = mostMs === null ? pool.connect() : within(mostMs, pool.connect(), noneFree, giveBack);
  return withinRequest("a connection to PostgreSQL", free, giveBack);
}

export class LentClient implements PostgresPoolClient {
  readonly #client: HostClient;
  readonly #answerMs: number | null;
  /** Shared by the pool. */
  readonly #prepared: { isKept: boolean };
  #isBroken = false;

  constructor(client: HostClient, answerMs: number | null, prepared: { isKept: boolean }) {
    this.#client = client;
    this.#answerMs = answerMs;
    this.#prepared = prepared;
    // The pool listens to its idle clients only. A lent one also emits `error` when it loses its connection; the promise of
    // the query that runs on it rejects anyway.
    client.on("error", ignore);
  }

  async run<Row>(query: PoolQuery): Promise<PostgresQueryResult<Row>> {
    if (query.name === undefined) return this.#send<Row>(query);
    const { name: _, ...unnamed } = query;
    if (!this.#prepared.isKept) return this.#send<Row>(unnamed);
    try {
      return await this.#send<Row>(query);
    } catch (error) {
      // A pooler in transaction mode has changed the connection behind this one. The server has refused the name before it
      // did anything.
      if (!isStatementLost(error)) throw error;
      this.#prepared.isKept = false;
      return this.#send<Row>(unnamed);
    }
  }

  async #send<Row>(query: PoolQuery): Promise<PostgresQueryResult<Row>> {
    const left = Math.ceil(timeLeft());
    const bound = Math.min(this.#answerMs ?? Number.POSITIVE_INFINITY, left);
    try {
      const timeout = Number.isFinite(bound) ? { query_timeout: Math.max(1, bound) } : {};
      return await this.#client.query<Row>({ ...query, ...ownTypes, ...timeout });
    } catch (error) {
      this.#isBroken = !isAnswer(error);
      // A query that the request's deadline has cut says nothing about the server.
      if (this.#isBroken && bound === left && timeLeft() === 0) throw new LateRequest("PostgreSQL");
      throw error;
    }
  }

  query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  query<Row>(
    asked: string | PostgresCursor<Row>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
    if (typeof asked !== "string") throw new TypeError("Results are read whole here, not by a cursor.");
    return this.run<Row>({ text: asked, values: [...parameters] });
  }

  /** Closes the connection instead of keeping it for the next. */
  drop(): void {
    this.#isBroken = true;
    this.release();
  }

  release(): void {
    this.#client.release(this.#isBroken);
    // After the pool listens again.
    this.#client.removeListener("error", ignore);
  }
}

function ignore(): void {}

/** A prepared statement of this name is there already (42P05), or is not there (26000). */
function isStatementLost(error: unknown): boolean {
  return isSqlAnswer(error) && (error.code === "42P05" || error.code === "26000");
}

/** The server has refused the query and takes the next one. */
function isAnswer(error: unknown): boolean {
  return isSqlAnswer(error) && error.severity !== "FATAL" && error.severity !== "PANIC";
}

/** The types of our columns, by PostgreSQL's own numbers. Every other one is text to us. */
const [bool, int8, int4] = [16, 20, 23];

const textParsers: Readonly<Record<number, (text: string) => unknown>> = {
  [bool]: (text) => text === "t",
  [int8]: Number,
  [int4]: Number,
};

const binaryParsers: Readonly<Record<number, (value: Buffer) => unknown>> = {
  [bool]: (value) => value.readInt8() !== 0,
  [int8]: (value) => Number(value.readBigInt64BE()),
  [int4]: (value) => value.readInt32BE(),
};

/**
 * Given with each query, because the pool and the parsers of its `pg` may be a host's, which reads a bigint as text, as
 * BigInt or as whatever it likes. Our bigint columns are times in milliseconds: they stay below 2^53.
 */
const ownTypes = {
  types: {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      (format === "binary" ? binaryParsers : textParsers)[oid] ?? String,
  },
};
