/** The promises of a storage port that keeps changes of address: `users.changeEmail` needs them. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { EmailChangeStore, FlowStore } from "./router.ts";
import type { StoragePromise } from "./storage-conformance.ts";

const parallel = 20;
const start = Date.now();
const at = (minutes: number) => new Date(start + minutes * 60_000);

/** None for a storage that keeps no changes of address. */
export function emailChangePromises(flows: FlowStore): readonly StoragePromise[] {
  if (!keepsEmailChanges(flows)) return [];
  const changeOf = (userId: string) => ({
    userId,
    sessionId: randomUUID(),
    challengeId: randomUUID(),
    email: "jane@example.com",
    sentAt: at(0),
    expiresAt: at(10),
  });
  return [
    {
      name: "a change of address is found as it was begun, and the next one takes its place",
      async run() {
        const user = randomUUID();
        assert.equal(await flows.findEmailChange(user), null);
        const [first, second] = [changeOf(user), changeOf(user)];
        await flows.keepEmailChange(first);
        assert.deepEqual(await flows.findEmailChange(user), first);
        await flows.keepEmailChange(second);
        assert.deepEqual(await flows.findEmailChange(user), second);
        assert.equal(await flows.takeEmailChange(user, first.challengeId), false);
        await flows.dropEmailChange(user);
        assert.equal(await flows.findEmailChange(user), null);
      },
    },
    {
      name: "a change of address is taken by one of parallel callers",
      async run() {
        const change = changeOf(randomUUID());
        await flows.keepEmailChange(change);
        const taken = await Promise.all(
          Array.from({ length: parallel }, () => flows.takeEmailChange(change.userId, change.challengeId)),
        );
        assert.equal(taken.filter((first) => first).length, 1);
      },
    },
    {
      name: "a former address is found by its change and by itself until its end, and is not moved by a second try",
      async run() {
        const email = `${randomUUID()}@example.com`;
        const former = {
          id: randomUUID(),
          userId: randomUUID(),
          email,
          changedAt: at(0),
          expiresAt: at(10),
        };
        await flows.keepFormerAddress(former);
        await flows.keepFormerAddress({ ...former, email: "other@example.com", expiresAt: at(20) });
        assert.deepEqual(await flows.findFormerAddress(former.id, at(9)), former);
        assert.equal(await flows.formerOwner(email, at(9)), former.userId);
        assert.deepEqual(await flows.formerAddresses(former.userId, at(9)), [email]);
        assert.deepEqual(await flows.formerAddresses(former.userId, at(10)), []);
        assert.equal(await flows.findFormerAddress(former.id, at(10)), null);
        assert.equal(await flows.formerOwner(email, at(10)), null);
      },
    },
    {
      name: "the former addresses of later changes are forgotten, and those of earlier ones stay",
      async run() {
        const userId = randomUUID();
        const ids = [0, 1, 2].map(() => randomUUID());
        for (const [index, id] of ids.entries())
          await flows.keepFormerAddress({
            id,
            userId,
            email: `${id}@example.com`,
            changedAt: at(index),
            expiresAt: at(10),
          });
        await flows.dropFormerAddresses(userId, at(1));
        const left = await Promise.all(ids.map((id) => flows.findFormerAddress(id, at(3))));
        assert.deepEqual(
          left.map((one) => one !== null),
          [true, false, false],
        );
      },
    },
  ];
}

function keepsEmailChanges(flows: FlowStore): flows is FlowStore & EmailChangeStore {
  return flows.keepEmailChange !== undefined;
}
