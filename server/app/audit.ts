/** Security events, to the log at once and to the database for the record, until `storage/sweep.ts` deletes them. */
import { randomUUID } from "node:crypto";
import { describeError, type Logger } from "../http/log.ts";
import type { SecurityEvent } from "../passkeys/index.ts";
import type { Database } from "../storage/database.ts";

/**
 * Writing is not awaited: an answer that was earned is not lost over its record. A failed write is logged, with
 * the event, so nothing is silently missing.
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
