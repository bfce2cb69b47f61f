/** Keeps the faults that tests inject, and picks the one that a request meets. */
import type { Random } from "../tenant/random.ts";
import { invalidRequest } from "../wire/wire-error.ts";

/** Which requests fail, how, and how often. */
export interface FaultRule {
  /** Default: any method. */
  readonly method?: string | undefined;
  /** Path with `*` for any run of characters, e.g. `/v1/users/*`. Default: any path. */
  readonly path?: string | undefined;
  /** Number of requests that fail. Default 1; with a probability, unlimited. */
  readonly count?: number | undefined;
  /** Probability, from 0 to 1, that a matching request fails. Repeatable with the option `seed`. */
  readonly probability?: number | undefined;
  /** Milliseconds of real time before anything happens. */
  readonly latency?: number | undefined;
  /** Answers this status instead of performing the operation. */
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  /** Seconds, sent as `Retry-After` with `status`. */
  readonly retryAfter?: number | undefined;
  /** Drops the connection: before the operation is performed, or after it took effect. */
  readonly drop?: "before" | "after" | undefined;
  /** Performs the operation and answers JSON that breaks off in the middle. */
  readonly malformed?: boolean | undefined;
}

export interface Fault extends FaultRule {
  readonly faultId: string;
  readonly remaining: number;
}

export interface Faults {
  add(rule: FaultRule): Fault;
  list(): Fault[];
  remove(faultId: string): boolean;
  clear(): void;
  /** The fault of this request, if any; counts it as used once. */
  take(method: string, path: string): Fault | undefined;
}

const mostFaults = 1_000;
const longestLatency = 10 * 60_000;

export function createFaults(random: Random): Faults {
  const faults = new Map<string, Fault>();
  return {
    add(rule) {
      if (faults.size >= mostFaults) throw invalidRequest("There are too many faults. Delete some.");
      checkFaultRule(rule);
      const unlimited = rule.probability !== undefined;
      const remaining = rule.count ?? (unlimited ? Number.MAX_SAFE_INTEGER : 1);
      const fault = { ...rule, faultId: random.uuid(), remaining };
      faults.set(fault.faultId, fault);
      return fault;
    },
    list: () => [...faults.values()],
    remove: (faultId) => faults.delete(faultId),
    clear: () => faults.clear(),
    take(method, path) {
      for (const fault of faults.values()) {
        if ((fault.method ?? method).toUpperCase() !== method || !matchesPath(fault.path ?? "*", path))
          continue;
        if (fault.probability !== undefined && random.fraction() >= fault.probability) continue;
        const remaining = fault.remaining - 1;
        if (remaining > 0) faults.set(fault.faultId, { ...fault, remaining });
        else faults.delete(fault.faultId);
        return fault;
      }
      return undefined;
    },
  };
}

/** Refuses a rule that could never apply: a test would wait for it, or pass without it. */
function checkFaultRule({
  count = 1,
  probability = 1,
  latency = 0,
  status = 400,
  retryAfter = 0,
}: FaultRule): void {
  const wholeWithin = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  if (!wholeWithin(count, 1, Number.MAX_SAFE_INTEGER))
    throw invalidRequest("count must be a whole number from 1 up.");
  if (!(probability >= 0 && probability <= 1)) throw invalidRequest("probability must be from 0 to 1.");
  if (!(latency >= 0 && latency <= longestLatency))
    throw invalidRequest("latency must be at most ten minutes.");
  if (!wholeWithin(status, 400, 599)) throw invalidRequest("status must be a whole number from 400 to 599.");
  if (!wholeWithin(retryAfter, 0, 1e9)) throw invalidRequest("retryAfter must be a whole number of seconds.");
}

/** Compares the literal pieces in order: a regular expression from a rule could take exponential time. */
function matchesPath(pattern: string, path: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === path;
  if (!path.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let at = first.length;
  for (const piece of rest) {
    const found = path.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
