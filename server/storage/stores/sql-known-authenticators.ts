/** Which authenticators were seen before, and which of them an enrollment has claimed. Every decision is one statement. */
import type { FlowStore } from "../../passkeys/ports/flow-store.ts";
import { compileOnce, type SlotOf } from "../compiled.ts";
import type { Database } from "../database.ts";

type KnownAuthenticators = Pick<
  FlowStore,
  "noteAuthenticators" | "claimPasskey" | "claimedPasskeys" | "forgetPasskey"
>;

export function knownAuthenticators(db: Database): KnownAuthenticators {
  const knownOf = compileOnce(db, (slot: SlotOf<{ userId: string }>) =>
    db.selectFrom("known_authenticators").select("authenticator_id").where("user_id", "=", slot("userId")),
  );
  const claim = compileOnce(db, (slot: SlotOf<{ userId: string; passkeyId: string }>) =>
    db
      .insertInto("known_authenticators")
      .values({ user_id: slot("userId"), authenticator_id: slot("passkeyId"), claimed: 1 })
      .onConflict((conflict) =>
        conflict
          .columns(["user_id", "authenticator_id"])
          .doUpdateSet({ claimed: 1 })
          .where("known_authenticators.claimed", "=", 0),
      )
      .returning("authenticator_id"),
  );
  const claimedOf = compileOnce(db, (slot: SlotOf<{ userId: string }>) =>
    db
      .selectFrom("known_authenticators")
      .select("authenticator_id")
      .where("user_id", "=", slot("userId"))
      .where("claimed", "=", 1),
  );
  return {
    async noteAuthenticators(userId, ids) {
      const { rows } = await knownOf({ userId });
      const known = new Set(rows.map((row) => row.authenticator_id));
      const unknown = ids.filter((id) => !known.has(id));
      // Nearly always: a look at the list then writes nothing.
      if (unknown.length === 0) return new Set();
      const inserted = await db
        .insertInto("known_authenticators")
        .values(unknown.map((id) => ({ user_id: userId, authenticator_id: id, claimed: 0 })))
        .onConflict((conflict) => conflict.columns(["user_id", "authenticator_id"]).doNothing())
        .returning("authenticator_id")
        .execute();
      return new Set(inserted.map((row) => row.authenticator_id));
    },

    async claimPasskey(userId, passkeyId) {
      const { rows } = await claim({ userId, passkeyId });
      return rows.length === 1;
    },

    async claimedPasskeys(userId) {
      const { rows } = await claimedOf({ userId });
      return new Set(rows.map((row) => row.authenticator_id));
    },

    async forgetPasskey(userId, passkeyId) {
      await db
        .deleteFrom("known_authenticators")
        .where("user_id", "=", userId)
        .where("authenticator_id", "=", passkeyId)
        .execute();
    },
  };
}
