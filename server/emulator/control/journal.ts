/** Records how each request was answered, without secrets, tokens and codes. */
import { type Clock, toIso } from "../tenant/clock.ts";
import type { RefusedRequest } from "../wire/emulator-options.ts";
import { surviveCallback } from "../wire/survive-callback.ts";
import type { JournalFilter } from "./requests.ts";

/** One request as it was answered. */
export interface JournalEntry {
  readonly at: string;
  readonly tenantId?: string | undefined;
  readonly method: string;
  readonly path: string;
  /** Absent when no operation matched. */
  readonly operation?: string | undefined;
  readonly userId?: string | undefined;
  readonly status: number;
  readonly errorCode?: string | undefined;
  /** The exact reason of an error, which the answer does not show. */
  readonly reason?: string | undefined;
  readonly notes: readonly string[];
}

export interface Journal {
  write(entry: Omit<JournalEntry, "at">): void;
  /** Newest first. */
  list(filter?: JournalFilter): JournalEntry[];
  /** Forgets the entries of this tenant, or all. */
  clear(tenantId?: string): void;
}

/** A ring buffer of this many entries. */
const journalLimit = 1_000;

export function createJournal(clock: Clock, onRefusal?: (refusal: RefusedRequest) => void): Journal {
  const tell = surviveCallback("onRefusal", onRefusal);
  const ring: JournalEntry[] = [];
  let next = 0;
  return {
    write(entry) {
      ring[next] = { at: toIso(clock.now()), ...entry };
      next = (next + 1) % journalLimit;
      if (entry.status >= 400) tell(entry);
    },
    list({ tenantId, userId, operation, refused, unmatched } = {}) {
      return [...ring.slice(next), ...ring.slice(0, next)]
        .reverse()
        .filter((entry) => tenantId === undefined || entry.tenantId === tenantId)
        .filter((entry) => userId === undefined || entry.userId === userId)
        .filter((entry) => operation === undefined || entry.operation === operation)
        .filter((entry) => unmatched !== true || entry.operation === undefined)
        .filter((entry) => refused !== true || entry.status >= 400 || entry.notes.length > 0);
    },
    clear(tenantId) {
      const oldestFirst = [...ring.slice(next), ...ring.slice(0, next)];
      const kept = tenantId === undefined ? [] : oldestFirst.filter((entry) => entry.tenantId !== tenantId);
      ring.splice(0, ring.length, ...kept);
      next = kept.length % journalLimit;
    },
  };
}
