/** Writes security events to the log and to the database. */
import { randomUUID } from "node:crypto";
import { describeError } from "../http/describe-error.ts";
import { beyondRequest } from "../http/request-deadline.ts";
import type { SecurityEvent } from "../passkeys/index.ts";
import { compileOnce, type SlotOf } from "../storage/compiled.ts";
import type { Database } from "../storage/database.ts";

/** What the trail writes: pino's logger, or another with these methods, such as `console`. */
export interface AuditLog {
  info(line: object): void;
  error(line: object): void;
}

interface EventRow {
  readonly id: string;
  readonly at: string;
  readonly event: string;
  readonly userId: string | null;
  readonly requestId: string | null;
  readonly facts: string;
}

/**
 * Makes the router's `onEvent`: one log line and one row of `passkeys_audit_events` for each security event.
 *
 * Does not wait for the database, so that a failed write does not fail the request. A failed write is logged with the
 * event. `sweepExpired` deletes old events.
 * @param db `storage.traffic`, opened with its audit table
 * @param now the clock of the rows' times; default: the system clock
 */
export function createAuditTrail(
  db: Database,
  log: AuditLog,
  now: () => Date = () => new Date(),
): (event: SecurityEvent) => void {
  const insert = compileOnce(db, (slot: SlotOf<EventRow>) =>
    db.insertInto("audit_events").values({
      id: slot("id"),
      at: slot("at"),
      event: slot("event"),
      user_id: slot("userId"),
      request_id: slot("requestId"),
      facts: slot("facts"),
    }),
  );
  return (event) => {
    log.info(event);
    const { event: name, requestId, ...facts } = event;
    const row: EventRow = {
      id: randomUUID(),
      at: now().toISOString(),
      event: name,
      userId: "userId" in event ? event.userId : null,
      requestId: requestId ?? null,
      facts: JSON.stringify(facts),
    };
    // The event has happened, also when the request's time is over.
    beyondRequest(() => insert(row)).catch((error: unknown) =>
      log.error({ event: "audit.failed", lost: event, cause: describeError(error) }),
    );
  };
}
