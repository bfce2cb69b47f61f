/** The audit trail against the ledger: each acknowledged event has a row, or a line of the log that says it was not written. */
import type { Fleet } from "./fleet.ts";
import { type Ledger, memberOf } from "./ledger.ts";
import { query } from "./servers.ts";

export async function missingEvents(fleet: Fleet, ledger: Ledger): Promise<readonly string[]> {
  const ids = [...new Set(ledger.acknowledged.map(({ requestId }) => requestId))];
  const rows = await query(
    fleet.postgres.url,
    "select request_id, event from passkeys_audit_events where request_id = any($1)",
    [ids],
  );
  const written = new Set(
    rows.map((row) => `${String(memberOf(row, "request_id"))} ${String(memberOf(row, "event"))}`),
  );
  const logs = fleet.instances.map((instance) => instance.log()).join("");
  const failed = new Set(
    [...logs.matchAll(/^\{.*"event":"audit\.failed".*$/gm)].map(([line]) => {
      const lost = memberOf(JSON.parse(line), "lost");
      return `${String(memberOf(lost, "requestId"))} ${String(memberOf(lost, "event"))}`;
    }),
  );
  return ledger.acknowledged
    .map(({ requestId, event }) => `${requestId} ${event}`)
    .filter((key) => !written.has(key) && !failed.has(key));
}
