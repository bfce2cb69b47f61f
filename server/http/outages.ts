/**
 * Distinguishes an outage of a storage from a defect, and turns it into a 503. An outage of our storage is no
 * outage of Authsignal's: the person reads the same words, the log names the storage, and the breaker never sees it.
 */
import { AppError } from "./errors.ts";

/** What a storage says by itself: once when it fails, and once when it answers again. */
export type StorageNotice =
  | { readonly event: "storage.unavailable"; readonly storage: string; readonly cause: unknown }
  | { readonly event: "storage.available"; readonly storage: string };

export interface OutageWatch {
  /** Does one piece of work. @throws AppError upstream_unavailable in an outage, else what the work has thrown */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Takes note of an error that no request waits for, such as that of an idle connection. @returns what to throw */
  convert(error: unknown): unknown;
}

export interface WatchOptions {
  /** As an operator knows it: `PostgreSQL`. */
  readonly storage: string;
  /** Whether an error means that the storage cannot be used now. */
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
    async run(work) {
      try {
        const value = await work();
        if (isOut) notify({ event: "storage.available", storage });
        isOut = false;
        return value;
      } catch (error) {
        throw convert(error);
      }
    },
  };
}

/** The default without `onNotice`: one line on standard error, without a stack. */
export function warnOfOutage(notice: StorageNotice): void {
  const isOver = notice.event === "storage.available";
  const text = isOver ? "answers again." : `cannot be used: ${reasonOf(notice.cause)}`;
  process.emitWarning(`${notice.storage} ${text}`, { type: "PasskeysStorageWarning" });
}

/** The language's own errors: a mistake in a program, wherever it is thrown. */
export function isDefect(error: unknown): boolean {
  return [TypeError, RangeError, SyntaxError, ReferenceError].some((kind) => error instanceof kind);
}

/**
 * PostgreSQL answered, with a state in which nothing can be done now: no connection (08), not let in (28, 3D000), out of
 * resources (53), stopped by an operator or a time-out (57), a system fault (58), read-only after a fail-over (25006),
 * or a conflict that a second try resolves (40001, 40P01, 55P03).
 */
export function isOutageState(sqlState: unknown): boolean {
  return (
    typeof sqlState === "string" &&
    /^((08|28|53|57|58)...|25006|25P03|3D000|40001|40P01|55P03)$/.test(sqlState)
  );
}

/**
 * For an error of a session store that a host may have brought. A store fails because its server cannot be reached,
 * except where the error itself says otherwise: a defect, or an SQL error such as a missing table.
 * @returns what to throw
 */
export function toStoreError(error: unknown): unknown {
  if (error instanceof AppError || isDefect(error)) return error;
  if (isSqlAnswer(error) && !isOutageState(error.code)) return error;
  return unavailable("The session store", error);
}

/**
 * For an error of a port that a host wrote, about which nothing is known: only what is recognised as a lost connection
 * is a 503, everything else stays what it is. @returns what to throw
 */
export function toPortError(error: unknown): unknown {
  return error instanceof AppError || !isLostConnection(error)
    ? error
    : unavailable("A storage of the host", error);
}

/**
 * For what only makes things easier and comes after what was earned: in an outage it is left out, and the storage has
 * given notice. @throws what is no outage
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

/** An AggregateError of two refused addresses has a code and no message. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  return cause.message || ("code" in cause ? String(cause.code) : cause.name);
}

function isSqlAnswer(error: unknown): error is Error & { readonly code: unknown } {
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

/** Whole messages of pg, pg-pool, redis and ioredis, which give these errors neither a code nor a class. */
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

/** Libraries wrap the driver's error at most a few times. */
const deepestCause = 4;

function isLostConnection(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > deepestCause) return false;
  if (isSqlAnswer(error)) return isOutageState(error.code);
  if ("code" in error && networkCodes.has(error.code)) return true;
  if (connectionMessages.has(error.message)) return true;
  return isLostConnection(error.cause, depth + 1);
}
