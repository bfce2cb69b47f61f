/** What the flows remember, in SQL. Every decision is one statement, so that parallel callers cannot both win. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { EmailChangeStore } from "../../passkeys/ports/account/email-changes.ts";
import type { FlowStore, Grant } from "../../passkeys/ports/flow-store.ts";
import type { RecoveryStore } from "../../passkeys/ports/recoveries.ts";
import { compileOnce, type SlotOf } from "../compiled.ts";
import type { Database, SqlBackEnd } from "../database.ts";
import { emailChanges } from "./sql-email-changes.ts";
import { knownAuthenticators } from "./sql-known-authenticators.ts";
import { recoveries } from "./sql-recoveries.ts";

/** Tables with what is kept of a user. */
const ofUsers = [
  "passkey_names",
  "known_authenticators",
  "offer_answers",
  "recoveries",
  "email_changes",
  "former_addresses",
] as const;

export function createSqlFlowStore({
  accounts,
  traffic,
}: Pick<SqlBackEnd, "accounts" | "traffic">): FlowStore & RecoveryStore & EmailChangeStore {
  return {
    ...tokens(traffic),
    ...begunActions(traffic),
    ...grants(traffic),
    ...passkeyNames(accounts),
    ...knownAuthenticators(accounts),
    ...offerAnswers(accounts),
    ...recoveries(accounts),
    ...emailChanges(accounts),

    async forgetUser(userId) {
      await traffic.deleteFrom("grants").where("user_id", "=", userId).execute();
      for (const table of ofUsers) await accounts.deleteFrom(table).where("user_id", "=", userId).execute();
    },
  };
}

type Tokens = "consumeToken" | "releaseToken" | "countOtpAttempt" | "keepAcceptedCode" | "acceptedAddress";

function tokens(db: Database): Pick<FlowStore, Tokens> {
  const consume = compileOnce(db, (slot: SlotOf<{ identity: string; expiresAt: number }>) =>
    db
      .insertInto("consumed_tokens")
      .values({ identity: slot("identity"), expires_at: slot("expiresAt") })
      .onConflict((conflict) => conflict.column("identity").doNothing())
      .returning("identity"),
  );
  return {
    async consumeToken(identity, expiresAt) {
      const { rows } = await consume({ identity, expiresAt: expiresAt.getTime() });
      return rows.length === 1;
    },

    async countOtpAttempt(challengeId, expiresAt) {
      const { attempts } = await db
        .insertInto("otp_attempts")
        .values({ challenge_id: challengeId, attempts: 1, expires_at: expiresAt.getTime() })
        .onConflict((conflict) =>
          conflict
            .column("challenge_id")
            .doUpdateSet((eb) => ({ attempts: eb("otp_attempts.attempts", "+", 1) })),
        )
        .returning("attempts")
        .executeTakeFirstOrThrow();
      return attempts;
    },

    async releaseToken(identity) {
      await db.deleteFrom("consumed_tokens").where("identity", "=", identity).execute();
    },

    async keepAcceptedCode(challengeId, accepted) {
      await db
        .updateTable("otp_attempts")
        .set({ accepted_code: accepted?.codeHash ?? null, accepted_email: accepted?.email ?? null })
        .where("challenge_id", "=", challengeId)
        .execute();
    },

    async acceptedAddress(challengeId, codeHash) {
      const row = await db
        .selectFrom("otp_attempts")
        .select("accepted_email")
        .where("challenge_id", "=", challengeId)
        .where("accepted_code", "=", codeHash)
        .executeTakeFirst();
      return row?.accepted_email ?? null;
    },
  };
}

interface BegunRow {
  readonly idempotencyKey: string;
  readonly sessionId: string;
  readonly action: string;
  readonly operation: string;
  readonly passkeyIds: string;
  readonly expiresAt: number;
}

function begunActions(db: Database): Pick<FlowStore, "keepBegun" | "takeBegun"> {
  const keep = compileOnce(db, (slot: SlotOf<BegunRow>) =>
    db.insertInto("begun_actions").values({
      idempotency_key: slot("idempotencyKey"),
      session_id: slot("sessionId"),
      action: slot("action"),
      operation: slot("operation"),
      passkey_ids: slot("passkeyIds"),
      expires_at: slot("expiresAt"),
    }),
  );
  const take = compileOnce(db, (slot: SlotOf<{ idempotencyKey: string; sessionId: string; now: number }>) =>
    db
      .deleteFrom("begun_actions")
      .where("idempotency_key", "=", slot("idempotencyKey"))
      .where("session_id", "=", slot("sessionId"))
      .where("expires_at", ">", slot("now"))
      .returning(["action", "operation", "passkey_ids"]),
  );
  return {
    async keepBegun({ passkeyIds, ...begun }, expiresAt) {
      await keep({ ...begun, passkeyIds: JSON.stringify(passkeyIds), expiresAt: expiresAt.getTime() });
    },

    async takeBegun(idempotencyKey, sessionId, now) {
      const { rows } = await take({ idempotencyKey, sessionId, now: now.getTime() });
      const [row] = rows;
      // Without the passkeys of its beginning nothing can be told from what is there at its end.
      if (row === undefined) return null;
      const { action, operation } = row;
      return { idempotencyKey, sessionId, action, operation, passkeyIds: idsIn(row.passkey_ids) };
    },
  };
}

function idsIn(json: string): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(json));
}

function grants(db: Database): Pick<FlowStore, "keepGrant" | "takeGrant" | "dropGrants"> {
  return {
    async keepGrant({ sessionId, userId, action, operation }, expiresAt) {
      await db
        .insertInto("grants")
        .values({
          id: randomUUID(),
          session_id: sessionId,
          user_id: userId,
          action,
          operation,
          expires_at: expiresAt.getTime(),
        })
        .execute();
    },

    async takeGrant(grant, now) {
      // Of several requests the one that deletes the row has the grant. The others try the next, if the session has two.
      for (const { id } of await usableGrants(grant, now)) {
        const taken = await db.deleteFrom("grants").where("id", "=", id).returning("id").execute();
        if (taken.length === 1) return true;
      }
      return false;
    },

    async dropGrants(userId) {
      await db.deleteFrom("grants").where("user_id", "=", userId).execute();
    },
  };

  function usableGrants({ sessionId, action, operation }: Grant, now: Date) {
    return db
      .selectFrom("grants")
      .select("id")
      .where("session_id", "=", sessionId)
      .where("action", "=", action)
      .where("operation", "=", operation)
      .where("expires_at", ">", now.getTime())
      .execute();
  }
}

function passkeyNames(db: Database): Pick<FlowStore, "passkeyNames" | "keepPasskeyName"> {
  const namesOf = compileOnce(db, (slot: SlotOf<{ userId: string }>) =>
    db.selectFrom("passkey_names").select(["passkey_id", "name"]).where("user_id", "=", slot("userId")),
  );
  return {
    async passkeyNames(userId) {
      const { rows } = await namesOf({ userId });
      return new Map(rows.map(({ passkey_id, name }) => [passkey_id, name]));
    },

    async keepPasskeyName(userId, passkeyId, name) {
      if (name === null) {
        await db
          .deleteFrom("passkey_names")
          .where("user_id", "=", userId)
          .where("passkey_id", "=", passkeyId)
          .execute();
        return;
      }
      await db
        .insertInto("passkey_names")
        .values({ user_id: userId, passkey_id: passkeyId, name })
        .onConflict((conflict) => conflict.columns(["user_id", "passkey_id"]).doUpdateSet({ name }))
        .execute();
    },
  };
}

function offerAnswers(db: Database): Pick<FlowStore, "offerAnswer" | "keepOfferAnswer"> {
  const answerOf = compileOnce(db, (slot: SlotOf<{ userId: string }>) =>
    db
      .selectFrom("offer_answers")
      .select(["declined", "never", "answered_at"])
      .where("user_id", "=", slot("userId")),
  );
  return {
    async offerAnswer(userId) {
      const { rows } = await answerOf({ userId });
      const [row] = rows;
      if (row === undefined) return null;
      return { declined: row.declined, never: row.never === 1, answeredAt: new Date(row.answered_at) };
    },

    async keepOfferAnswer(userId, answer) {
      if (answer === null) {
        await db.deleteFrom("offer_answers").where("user_id", "=", userId).execute();
        return;
      }
      const columns = {
        declined: answer.declined,
        never: answer.never ? 1 : 0,
        answered_at: answer.answeredAt.toISOString(),
      };
      await db
        .insertInto("offer_answers")
        .values({ user_id: userId, ...columns })
        .onConflict((conflict) => conflict.column("user_id").doUpdateSet(columns))
        .execute();
    },
  };
}
