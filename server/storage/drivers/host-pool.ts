/** What we need of a connection pool of `pg`: ours or a host's, whose `pg` may be another copy and another version. */
import type { PostgresQueryResult } from "kysely";
import { StorageError } from "../storage-error.ts";

export interface HostPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly ending?: boolean;
  readonly ended?: boolean;
  connect(): Promise<HostClient>;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
}

export interface HostClient {
  query<Row>(query: PoolQuery): Promise<PostgresQueryResult<Row>>;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
  /** @param destroy closes the connection instead of keeping it for the next */
  release(destroy?: boolean): void;
}

export interface PoolQuery {
  readonly name?: string;
  readonly text: string;
  // pg's own type wants an array that it could write to.
  values?: unknown[];
}

/** @returns what is wrong with it, as a sentence without its full stop, or null */
export function faultOfPool(pool: unknown): string | null {
  if (!isPool(pool))
    return "`pool` must be a Pool of pg (`new pg.Pool(…)`), not one of its clients and not the pool of another library";
  if (isEnded(pool)) return "`pool` has been ended: open the storage with a pool that is in use";
  return null;
}

/** By what it can do: a host's `pg` is not always our copy. */
function isPool(pool: unknown): pool is HostPool {
  return (
    typeof pool === "object" &&
    pool !== null &&
    ["connect", "query", "end", "on", "removeListener"].every((method) => isMethod(pool, method)) &&
    ["totalCount", "idleCount", "waitingCount"].every((count) => typeof Reflect.get(pool, count) === "number")
  );
}

function isMethod(pool: object, name: string): boolean {
  return typeof Reflect.get(pool, name) === "function";
}

/** @throws StorageError when the host has ended its pool before our storage was closed */
export function checkPoolInUse(pool: HostPool): void {
  if (isEnded(pool))
    throw new StorageError(
      "The pool that openStorage was given has been ended. End it after `await storage.close()`, when no request comes any more.",
    );
}

function isEnded({ ending, ended }: HostPool): boolean {
  return ending === true || ended === true;
}
