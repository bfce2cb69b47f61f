/**
 * Recognises an outage of a storage among its errors and converts it to `upstream_unavailable` (503). The log names the
 * storage; Authsignal's circuit breaker does not count it.
 */
import { AppError } from "./errors.ts";
import { requireTime } from "./request-deadline.ts";
import { inStorageSpan } from "./tracing.ts";

/** What a storage reports: once when an outage begins, and once when it ends. */
export type StorageNotice =
  | { readonly event: "storage.unavailable"; readonly storage: string; readonly cause: unknown }
  | { readonly event: "storage.available"; readonly storage: string };

export interface OutageWatch {
  /**
   * @param operation names the work in traces, such as `select passkeys_users`. Without it, it has no span
   * @throws AppError upstream_unavailable in an outage or after the request's deadline, else what `work` throws
   */
  run<Value>(work: () => Promise<Value>, operation?: () => string): Promise<Value>;
  /** For an error outside a request, such as that of an idle connection. @returns what to throw */
  convert(error: unknown): unknown;
}

export interface WatchOptions {
  /** The name in log and warnings: `PostgreSQL`. */
  readonly storage: string;
  /** Whether an error is an outage. */
  readonly isOutage: (error: unknown) => boolean;
  readonly notify: (notice: StorageNotice) => void;
}

export function watchOutages({ storage, isOutage, notify }: WatchOptions): OutageWatch {
  let isOut = false;

  function convert(error: unknown): unknown {
    if (error instanceof AppError || !isOutage(error)) return error;
    if (!isOut) notify({ event: "storage.unavailable", storage, cause: error });
    isOut = true;
    return unavailable(storage, error);
  }

  return {
    convert,
    async run(work, operation) {
      requireTime(storage);
      try {
        const value = await inStorageSpan(storage, operation, work);
        if (isOut) notify({ event: "storage.available", storage });
        isOut = false;
        return value;
      } catch (error) {
        throw convert(error);
      }
    },
  };
}

/** The default listener: one line on standard error, without a stack. */
export function warnOfOutage(notice: StorageNotice): void {
  const isOver = notice.event === "storage.available";
  const text = isOver ? "answers again." : `cannot be used: ${reasonOf(notice.cause)}`;
  process.emitWarning(`${notice.storage} ${text}`, { type: "PasskeysStorageWarning" });
}

/** JavaScript's own errors: a mistake in a program. */
export function isDefect(error: unknown): boolean {
  return [TypeError, RangeError, SyntaxError, ReferenceError].some((kind) => error instanceof kind);
}

/**
 * The SQL states of PostgreSQL that are an outage: connection (08), authorisation (28, 3D000), resources (53), operator
 * intervention and time-outs (57), system errors (58), idle transaction time-out (25P03), read-only after a fail-over
 * (25006), and conflicts that a retry resolves (40001, 40P01, 55P03).
 */
export function isOutageState(sqlState: unknown): boolean {
  return (
    typeof sqlState === "string" &&
    /^((08|28|53|57|58)...|25006|25P03|3D000|40001|40P01|55P03)$/.test(sqlState)
  );
}

/**
 * For an error of a session store, which may be the host's. It counts as an outage, except for a defect and for an SQL
 * error such as a missing table.
 * @returns what to throw
 */
export function toStoreError(error: unknown): unknown {
  if (error instanceof AppError || isDefect(error)) return error;
  if (isSqlAnswer(error) && !isOutageState(error.code)) return error;
  return unavailable("The session store", error);
}

/**
 * For an error of a port that the host implements. Only a recognised lost connection becomes a 503; other errors stay as
 * they are. @returns what to throw
 */
export function toPortError(error: unknown): unknown {
  return error instanceof AppError || !isLostConnection(error)
    ? error
    : unavailable("A storage of the host", error);
}

/**
 * For optional work: in an outage its value is `instead`. The storage has already reported the outage.
 * @throws every other error
 */
export async function unlessOut<Value>(work: Promise<Value>, instead: Value): Promise<Value> {
  return work.catch((thrown: unknown) => {
    const error = toPortError(thrown);
    if (error instanceof AppError && error.code === "upstream_unavailable") return instead;
    throw thrown;
  });
}

function unavailable(storage: string, cause: unknown): AppError {
  return new AppError("upstream_unavailable", {
    detail: `${storage} cannot be used: ${reasonOf(cause)}`,
    cause,
    extras: { retryAfter: 5 },
  });
}

/** The AggregateError of refused addresses has a code and no message. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  return cause.message || ("code" in cause ? String(cause.code) : cause.name);
}

/** An error that PostgreSQL itself has answered, by whatever copy of its driver: the copies have a class each. */
export function isSqlAnswer(
  error: unknown,
): error is Error & { readonly code: unknown; readonly severity: unknown } {
  return error instanceof Error && "severity" in error && "code" in error;
}

const networkCodes: ReadonlySet<unknown> = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** Messages of pg, pg-pool, redis and ioredis, whose errors have neither a code nor a class. */
const connectionMessages: ReadonlySet<string> = new Set([
  "Client has encountered a connection error and is not queryable",
  "Client was closed and is not queryable",
  "Connection is closed.",
  "Connection terminated",
  "Connection terminated due to connection timeout",
  "Connection terminated unexpectedly",
  "Disconnects client",
  "Socket closed unexpectedly",
  "The client is closed",
  "The client is offline",
  "timeout exceeded when trying to connect",
]);

/** How many causes are searched for the driver's error. */
const deepestCause = 4;

function isLostConnection(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > deepestCause) return false;
  if (isSqlAnswer(error)) return isOutageState(error.code);
  if ("code" in error && networkCodes.has(error.code)) return true;
  if (connectionMessages.has(error.message)) return true;
  return isLostConnection(error.cause, depth + 1);
}
