/** Reads the audit trail: for the person whom it is about, and for those who look into a case. */
import { z } from "zod";
import type { EventReader, RecordedEvent } from "../../passkeys/ports/events.ts";
import type { Database } from "../database.ts";

const Facts = z.record(z.string(), z.unknown());

export function createSqlEvents(db: Database): EventReader {
  const newestFirst = () => db.selectFrom("audit_events").selectAll().orderBy("at", "desc").orderBy("id");
  return {
    async ofUser(userId, { names, since, most }) {
      const rows = await newestFirst()
        .where("user_id", "=", userId)
        .where("at", ">", since.toISOString())
        .where("event", "in", names)
        .limit(most)
        .execute();
      return rows.map(toEvent);
    },
    async ofRequest(requestId) {
      // PostgreSQL takes no text with the character 0.
      if (requestId.includes("\u0000")) return [];
      return (await newestFirst().where("request_id", "=", requestId).execute()).map(toEvent);
    },
  };
}

interface Row {
  readonly id: string;
  readonly at: string;
  readonly event: string;
  readonly user_id: string | null;
  readonly request_id: string | null;
  readonly facts: string;
}

function toEvent({ id, at, event, user_id, request_id, facts }: Row): RecordedEvent {
  return {
    id,
    at: new Date(at),
    event,
    userId: user_id,
    requestId: request_id,
    facts: Facts.parse(JSON.parse(facts)),
  };
}
