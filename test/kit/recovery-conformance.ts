/** The promises of a storage port that keeps recoveries: the option `afterCode: "limited"` needs them. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { FlowStore, RecoveryStore } from "./router.ts";
import type { StoragePromise } from "./storage-conformance.ts";

const parallel = 20;
const start = Date.now();
const at = (minutes: number) => new Date(start + minutes * 60_000);
const times = { beganAt: at(0), endsAt: at(10), expiresAt: at(20) };

/** None for a storage that keeps no recoveries. */
export function recoveryPromises(flows: FlowStore): readonly StoragePromise[] {
  if (!keepsRecoveries(flows)) return [];
  return [
    {
      name: "a recovery begins once, also of parallel callers, and later ones do not move its end",
      async run() {
        const user = randomUUID();
        const answers = await atOnce(() => flows.beginRecovery(user, times));
        assert.equal(answers.filter(({ isNew }) => isNew).length, 1);
        const again = await flows.beginRecovery(user, { ...times, beganAt: at(1), endsAt: at(11) });
        assert.equal(again.isNew, false);
        for (const { recovery } of [...answers, again]) assert.deepEqual(recovery.endsAt, at(10));
        assert.deepEqual((await flows.findRecovery(user, at(5)))?.beganAt, at(0));
        assert.equal(await flows.findRecovery(randomUUID(), at(5)), null);
      },
    },
    {
      name: "the end of a recovery is told to one caller, not before it has come, and not of a cancelled one",
      async run() {
        const [user, cancelled] = [randomUUID(), randomUUID()];
        for (const one of [user, cancelled]) await flows.beginRecovery(one, times);
        assert.equal(await flows.noteRecoveryEnd(user, at(9)), false);
        const told = await atOnce(() => flows.noteRecoveryEnd(user, at(10)));
        assert.equal(told.filter((first) => first).length, 1);
        assert.equal((await flows.findRecovery(user, at(10)))?.isEndTold, true);
        await flows.cancelRecovery(cancelled);
        assert.equal(await flows.noteRecoveryEnd(cancelled, at(10)), false);
      },
    },
    {
      name: "a recovery is cancelled once, also of parallel callers, and can then begin anew",
      async run() {
        const user = randomUUID();
        await flows.beginRecovery(user, times);
        const answers = await atOnce(() => flows.cancelRecovery(user));
        assert.equal(answers.filter((cancelled) => cancelled).length, 1);
        assert.equal(await flows.findRecovery(user, at(5)), null);
        assert.equal((await flows.beginRecovery(user, times)).isNew, true);
      },
    },
    {
      name: "a recovery whose end is told and whose cancellation comes at once ends up as one of both",
      async run() {
        const user = randomUUID();
        await flows.beginRecovery(user, times);
        const [, cancelled] = await Promise.all([
          flows.noteRecoveryEnd(user, at(10)),
          flows.cancelRecovery(user),
        ]);
        assert.equal(cancelled, true);
        assert.equal(await flows.findRecovery(user, at(10)), null);
      },
    },
    {
      name: "a recovery is bound to the first session that uses it",
      async run() {
        const user = randomUUID();
        await flows.beginRecovery(user, times);
        for (const session of ["one", "two"]) await flows.useRecovery(user, session);
        assert.equal((await flows.findRecovery(user, at(10)))?.usedBySession, "one");
      },
    },
    {
      name: "a recovery that was used is over: of parallel callers one begins the next, and all are answered it",
      async run() {
        const user = randomUUID();
        await flows.beginRecovery(user, times);
        await flows.useRecovery(user, "one");
        const later = { beganAt: at(12), endsAt: at(22), expiresAt: at(32) };
        const answers = await atOnce(() => flows.beginRecovery(user, later));
        assert.equal(answers.filter(({ isNew }) => isNew).length, 1);
        for (const { recovery } of answers)
          assert.deepEqual([recovery.endsAt, recovery.usedBySession], [at(22), null]);
      },
    },
    {
      name: "a recovery that has expired is none, and the next one begins",
      async run() {
        const user = randomUUID();
        await flows.beginRecovery(user, times);
        assert.equal(await flows.findRecovery(user, at(20)), null);
        const later = { beganAt: at(20), endsAt: at(30), expiresAt: at(40) };
        const { recovery, isNew } = await flows.beginRecovery(user, later);
        assert.equal(isNew, true);
        assert.deepEqual(
          [recovery.endsAt, recovery.isEndTold, recovery.usedBySession],
          [at(30), false, null],
        );
      },
    },
  ];
}

function keepsRecoveries(flows: FlowStore): flows is FlowStore & RecoveryStore {
  return flows.beginRecovery !== undefined;
}

function atOnce<Value>(call: () => Promise<Value>): Promise<Value[]> {
  return Promise.all(Array.from({ length: parallel }, call));
}
