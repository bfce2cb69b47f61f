/**
 * No query of a request or a sweep reads a whole table, however large it grows: each is recorded as it is compiled, and the
 * database explains how it would run it.
 */
import { CompiledQuery, type KyselyPlugin } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAuditTrail } from "../../../server/app/audit.ts";
import type { FlowStore } from "../../../server/passkeys/ports/flow-store.ts";
import type { Database } from "../../../server/storage/database.ts";
import { openStorage, type Storage } from "../../../server/storage/storage.ts";
import { readPoints } from "../../../server/storage/stores/limiters.ts";
import { createSqlFlowStore } from "../../../server/storage/stores/sql-flow-store.ts";
import { createSqlKnownBrowsers } from "../../../server/storage/stores/sql-known-browsers.ts";
import { createSqlSessionIndex } from "../../../server/storage/stores/sql-session-index.ts";
import { SqlSessionStore } from "../../../server/storage/stores/sql-session-store.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { anonymiseEvents } from "../../../server/storage/tables/anonymise-events.ts";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";

const now = () => new Date();
const soon = new Date(Date.now() + 60_000);

let place: TestPlace;
let storage: Storage;
let recorded: Database;
let queries: CompiledQuery[];
beforeEach(async () => {
  place = await createTestPlace();
  storage = await openStorage({ ...place.options, now });
  queries = [];
  const recorder: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      queries.push(storage.traffic.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  recorded = storage.traffic.withPlugin(recorder);
});
afterEach(async () => {
  await storage.close();
  await place.drop();
});

/** @returns the queries whose plan has a step that reads a whole table */
async function scans(): Promise<readonly string[]> {
  expect(queries.length).toBeGreaterThan(0);
  const isSqlite = "file" in place.options;
  return storage.traffic.connection().execute(async (db) => {
    // The tables are empty: without this PostgreSQL would rather read them than their indexes.
    if (!isSqlite) await db.executeQuery(CompiledQuery.raw("set enable_seqscan = off"));
    const found: string[] = [];
    for (const { sql: text, parameters } of queries) {
      const explain = `${isSqlite ? "explain query plan" : "explain"} ${text}`;
      // A slot of a query that is compiled once; this text is a number as well.
      const values = parameters.map((one) => (typeof one === "object" && one !== null ? "1" : one));
      const { rows } = await db.executeQuery<object>(CompiledQuery.raw(explain, values));
      const plan = rows.map((row) => Object.values(row).join(" ")).join("\n");
      if (isSqlite ? /\bSCAN (?!CONSTANT ROW|\d)/.test(plan) : /Seq Scan/.test(plan))
        found.push(`${text}\n${plan}`);
    }
    if (!isSqlite) await db.executeQuery(CompiledQuery.raw("reset enable_seqscan"));
    return found;
  });
}

test("The check sees a query that reads a whole table", async () => {
  await recorded.selectFrom("audit_events").selectAll().where("event", "=", "sign_out").execute();
  expect(await scans()).toHaveLength(1);
});

describe("what requests ask", () => {
  test("No method of the flows' store reads a whole table", async () => {
    const flows = createSqlFlowStore({ accounts: recorded, traffic: recorded });
    const grant = { sessionId: "s", action: "a", operation: "o" };
    const begun = { ...grant, idempotencyKey: "k", passkeyIds: [] };
    const answer = { declined: 1, never: false, answeredAt: now() };
    const owned = { userId: "u", email: "jane@example.com", expiresAt: soon };
    const change = { ...owned, sessionId: "s", challengeId: "c", sentAt: now() };
    const former = { ...owned, id: "f", changedAt: now() };
    const calls: Record<keyof FlowStore, () => Promise<unknown>> = {
      beginRecovery: () => flows.beginRecovery("u", { beganAt: now(), endsAt: soon, expiresAt: soon }),
      findRecovery: () => flows.findRecovery("u", now()),
      noteRecoveryEnd: () => flows.noteRecoveryEnd("u", now()),
      useRecovery: () => flows.useRecovery("u", "s"),
      cancelRecovery: () => flows.cancelRecovery("u"),
      keepEmailChange: () => flows.keepEmailChange(change),
      findEmailChange: () => flows.findEmailChange("u"),
      takeEmailChange: () => flows.takeEmailChange("u", "c"),
      dropEmailChange: () => flows.dropEmailChange("u"),
      keepFormerAddress: () => flows.keepFormerAddress(former),
      findFormerAddress: () => flows.findFormerAddress("f", now()),
      formerOwner: () => flows.formerOwner("jane@example.com", now()),
      formerAddresses: () => flows.formerAddresses("u", now()),
      dropFormerAddresses: () => flows.dropFormerAddresses("u", now()),
      consumeToken: () => flows.consumeToken("t", soon),
      releaseToken: () => flows.releaseToken("t"),
      countOtpAttempt: () => flows.countOtpAttempt("c", soon),
      keepAcceptedCode: () => flows.keepAcceptedCode("c", { codeHash: "h", email: "e" }),
      acceptedAddress: () => flows.acceptedAddress("c", "h"),
      keepBegun: () => flows.keepBegun(begun, soon),
      takeBegun: () => flows.takeBegun("k", "s", now()),
      keepGrant: () => flows.keepGrant({ ...grant, userId: "u" }, soon),
      takeGrant: () => flows.takeGrant(grant, now()),
      dropGrants: () => flows.dropGrants("u"),
      passkeyNames: () => flows.passkeyNames("u"),
      keepPasskeyName: async () => {
        await flows.keepPasskeyName("u", "p", "name");
        await flows.keepPasskeyName("u", "p", null);
      },
      noteAuthenticators: () => flows.noteAuthenticators("u", ["p", "q"]),
      claimPasskey: () => flows.claimPasskey("u", "p"),
      claimedPasskeys: () => flows.claimedPasskeys("u"),
      forgetPasskey: () => flows.forgetPasskey("u", "p"),
      forgetUser: () => flows.forgetUser("u"),
      offerAnswer: () => flows.offerAnswer("u"),
      keepOfferAnswer: async () => {
        await flows.keepOfferAnswer("u", answer);
        await flows.keepOfferAnswer("u", null);
      },
    };
    for (const call of Object.values(calls)) await call();
    expect(await scans()).toEqual([]);
  });

  test("No query about users, browsers, limits and the audit trail reads a whole table", async () => {
    const users = createSqlUsers(recorded, now);
    const { id } = await users.findOrCreateByEmail("jane@example.com");
    await users.findById(id);
    const browsers = createSqlKnownBrowsers(recorded);
    await browsers.keep("b", id, soon);
    await browsers.has("b", id, now());
    await browsers.forget(id);
    await readPoints(recorded)(["limit:key:1", "limit:key:2", "limit:key:3", "limit:key:4"]);
    createAuditTrail(
      recorded,
      { info() {}, error() {} },
      now,
    )({
      event: "sign_out",
      requestId: "r",
      userId: id,
    });
    await anonymiseEvents(recorded, id);
    // What a person quotes, and what an operator looks for.
    for (const column of ["request_id", "user_id"] as const)
      await recorded.selectFrom("audit_events").selectAll().where(column, "=", "x").execute();
    expect(await scans()).toEqual([]);
  });

  test("No query about sessions reads a whole table", async () => {
    const index = createSqlSessionIndex(recorded);
    const device = { browser: null, system: null, place: null };
    const times = { startedAt: now(), lastSeenAt: now(), endsAt: soon };
    await index.add({ id: "s", userId: "u", method: "passkey", ...device, ...times });
    await index.see({ id: "s", method: "email-otp", place: null, lastSeenAt: now() });
    await index.list("u", now());
    await index.remove("s", "u");
    await index.remove("s");
    await index.removeAll("u", "s");
    await index.removeAll("u");
    const store = new SqlSessionStore(recorded, now);
    const session = { cookie: { originalMaxAge: 60_000 } };
    await new Promise((resolve) => store.set("sid", Object.assign(session), resolve));
    await new Promise((resolve) => store.get("sid", resolve));
    await new Promise<void>((resolve) => store.touch("sid", Object.assign(session), resolve));
    await new Promise((resolve) => store.destroy("sid", resolve));
    expect(await scans()).toEqual([]);
  });
});

test("No statement of a sweep reads a whole table", async () => {
  await sweepExpired(recorded, now());
  expect(queries.length).toBeGreaterThan(8);
  expect(await scans()).toEqual([]);
});
