/** Writes security events to the log and to the database. */
import { randomUUID } from "node:crypto";
import { describeError, type Logger } from "../http/log.ts";
import type { SecurityEvent } from "../passkeys/index.ts";
import type { Database } from "../storage/database.ts";

/**
 * Does not wait for the database, so that a failed write does not fail the request. A failed write is logged with the
 * event. The sweep of the storage deletes old events.
 */
export function createAuditTrail(db: Database, log: Logger, now: () => Date): (event: SecurityEvent) => void {
  return (event) => {
    log.info(event);
    const { event: name, requestId, ...facts } = event;
    db.insertInto("audit_events")
      .values({
        id: randomUUID(),
        at: now().toISOString(),
        event: name,
        user_id: "userId" in event ? event.userId : null,
        request_id: requestId ?? null,
        facts: JSON.stringify(facts),
      })
      .execute()
      .catch((error: unknown) =>
        log.error({ event: "audit.failed", lost: event, cause: describeError(error) }),
      );
  };
}
