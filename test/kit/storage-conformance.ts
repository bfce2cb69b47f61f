/** The promises of the storage port, for a host's own. Plain functions that throw: any runner takes them. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { emailChangePromises } from "./email-change-conformance.ts";
import { recoveryPromises } from "./recovery-conformance.ts";
import type { FlowStore, Limiter, LimitRule } from "./router.ts";

export interface StoragePromise {
  /** A sentence, for the title of a test. */
  readonly name: string;
  /** Rejects with an AssertionError when the promise is broken. */
  readonly run: () => Promise<void>;
}

export interface StorageUnderTest {
  readonly flows: FlowStore;
  readonly limiter: (rule: LimitRule) => Limiter;
}

const parallel = 20;
const minute = 60_000;

/** @returns one check for each promise. They use keys of their own, so they may run on a storage that is in use. */
export function storagePromises(subject: StorageUnderTest): readonly StoragePromise[] {
  const { flows, limiter } = subject;
  for (const [name, part] of Object.entries({ flows, limiter }))
    if (part === undefined) throw new Error(`storagePromises: ${name} is required.`);
  return [
    ...tokenPromises(flows),
    ...grantPromises(flows),
    ...peoplePromises(flows),
    ...recoveryPromises(flows),
    ...emailChangePromises(flows),
    ...limitPromises(limiter),
  ];
}

function tokenPromises(flows: FlowStore): readonly StoragePromise[] {
  return [
    {
      name: "an identity is accepted once, also of parallel callers on warm connections",
      async run() {
        await warmUp(flows);
        const identity = randomUUID();
        const answers = await atOnce(() => flows.consumeToken(identity, inAMinute()));
        assert.equal(count(answers), 1, "of parallel callers exactly one must be answered true");
        assert.equal(await flows.consumeToken(identity, inAMinute()), false);
        assert.equal(await flows.consumeToken(randomUUID(), inAMinute()), true);
      },
    },
    {
      name: "an identity that was accepted and released is accepted once more",
      async run() {
        const identity = randomUUID();
        await flows.consumeToken(identity, inAMinute());
        await flows.releaseToken(identity);
        assert.equal(await flows.consumeToken(identity, inAMinute()), true);
        assert.equal(await flows.consumeToken(identity, inAMinute()), false);
      },
    },
    {
      name: "the address of a code that Authsignal has accepted is kept for that code of that challenge alone",
      async run() {
        const challenge = randomUUID();
        const accepted = { codeHash: randomUUID(), email: "jane@example.com" };
        await flows.countOtpAttempt(challenge, inAMinute());
        assert.equal(await flows.acceptedAddress(challenge, accepted.codeHash), null);
        await flows.keepAcceptedCode(challenge, accepted);
        assert.equal(await flows.acceptedAddress(challenge, accepted.codeHash), accepted.email);
        assert.equal(await flows.acceptedAddress(challenge, randomUUID()), null);
        assert.equal(await flows.acceptedAddress(randomUUID(), accepted.codeHash), null);
        await flows.keepAcceptedCode(challenge, null);
        assert.equal(await flows.acceptedAddress(challenge, accepted.codeHash), null);
        assert.equal(await flows.countOtpAttempt(challenge, inAMinute()), 2);
      },
    },
    {
      name: "every try of a code is counted, also of parallel callers",
      async run() {
        const challenge = randomUUID();
        const counts = await atOnce(() => flows.countOtpAttempt(challenge, inAMinute()));
        const expected = Array.from({ length: parallel }, (_, at) => at + 1);
        assert.deepEqual(
          counts.toSorted((a, b) => a - b),
          expected,
        );
      },
    },
    {
      name: "what a session has begun is taken once, by that session alone, before its end",
      async run() {
        const begun = {
          idempotencyKey: randomUUID(),
          sessionId: randomUUID(),
          action: "enroll-passkey",
          operation: "",
          passkeyIds: ["p-1", "p-2"],
        };
        const take = (sessionId: string, at = new Date()) =>
          flows.takeBegun(begun.idempotencyKey, sessionId, at);
        await flows.keepBegun(begun, inAMinute());
        assert.equal(await take(randomUUID()), null, "another session must be answered null");
        assert.equal(await take(begun.sessionId, later()), null, "after its end it must be answered null");
        const taken = await atOnce(() => take(begun.sessionId));
        const found = taken.filter((one) => one !== null);
        assert.deepEqual(found, [begun]);
      },
    },
  ];
}

function grantPromises(flows: FlowStore): readonly StoragePromise[] {
  return [
    {
      name: "a grant is used once, also of parallel callers, and two grants twice",
      async run() {
        const grant = { sessionId: randomUUID(), userId: randomUUID(), action: "transfer", operation: "5" };
        await flows.keepGrant(grant, inAMinute());
        assert.equal(count(await atOnce(() => flows.takeGrant(grant, new Date()))), 1);
        await flows.keepGrant(grant, inAMinute());
        await flows.keepGrant(grant, inAMinute());
        assert.equal(await flows.takeGrant(grant, new Date()), true);
        assert.equal(await flows.takeGrant(grant, new Date()), true);
        assert.equal(await flows.takeGrant(grant, new Date()), false);
      },
    },
    {
      name: "the grants of a user can be taken back, in all sessions, and nobody else's go with them",
      async run() {
        const grant = { sessionId: randomUUID(), userId: randomUUID(), action: "transfer", operation: "5" };
        const elsewhere = { ...grant, sessionId: randomUUID() };
        const foreign = { ...grant, sessionId: randomUUID(), userId: randomUUID() };
        for (const one of [grant, elsewhere, foreign]) await flows.keepGrant(one, inAMinute());
        await flows.dropGrants(grant.userId);
        assert.equal(await flows.takeGrant(grant, new Date()), false);
        assert.equal(await flows.takeGrant(elsewhere, new Date()), false);
        assert.equal(await flows.takeGrant(foreign, new Date()), true);
      },
    },
    {
      name: "a grant is for its session, action and operation alone, and not after its end",
      async run() {
        const grant = { sessionId: randomUUID(), userId: randomUUID(), action: "transfer", operation: "5" };
        await flows.keepGrant(grant, inAMinute());
        for (const other of [{ sessionId: randomUUID() }, { action: "close" }, { operation: "6" }])
          assert.equal(await flows.takeGrant({ ...grant, ...other }, new Date()), false);
        assert.equal(await flows.takeGrant(grant, later()), false, "after its end it must be refused");
        assert.equal(await flows.takeGrant(grant, new Date()), true);
      },
    },
  ];
}

function peoplePromises(flows: FlowStore): readonly StoragePromise[] {
  return [
    {
      name: "a name is kept for a user's passkey, replaced, and forgotten",
      async run() {
        const [user, passkey] = [randomUUID(), randomUUID()];
        await flows.keepPasskeyName(user, passkey, "Phone");
        await flows.keepPasskeyName(user, passkey, "Work phone \u{1f511}");
        assert.deepEqual([...(await flows.passkeyNames(user))], [[passkey, "Work phone \u{1f511}"]]);
        assert.equal((await flows.passkeyNames(randomUUID())).size, 0);
        await flows.keepPasskeyName(user, passkey, null);
        assert.equal((await flows.passkeyNames(user)).size, 0);
      },
    },
    {
      name: "an authenticator is new to one caller",
      async run() {
        const [user, one, two] = [randomUUID(), randomUUID(), randomUUID()];
        const answers = await atOnce(() => flows.noteAuthenticators(user, [one]));
        assert.equal(count(answers.map((fresh) => fresh.has(one))), 1);
        assert.deepEqual([...(await flows.noteAuthenticators(user, [one, two]))], [two]);
        assert.equal((await flows.noteAuthenticators(user, [])).size, 0);
      },
    },
    {
      name: "a passkey is claimed once, noted before or not, until it is forgotten",
      async run() {
        const [user, noted, fresh] = [randomUUID(), randomUUID(), randomUUID()];
        await flows.noteAuthenticators(user, [noted]);
        for (const passkey of [noted, fresh])
          assert.equal(count(await atOnce(() => flows.claimPasskey(user, passkey))), 1);
        assert.deepEqual(await flows.claimedPasskeys(user), new Set([noted, fresh]));
        await flows.forgetPasskey(user, fresh);
        assert.deepEqual(await flows.claimedPasskeys(user), new Set([noted]));
        assert.deepEqual(await flows.noteAuthenticators(user, [fresh]), new Set([fresh]));
      },
    },
    {
      name: "the answer to an offer is kept, replaced, and forgotten",
      async run() {
        const user = randomUUID();
        assert.equal(await flows.offerAnswer(user), null);
        for (const never of [false, true]) {
          const answer = { declined: 2, never, answeredAt: new Date(1_700_000_000_123) };
          await flows.keepOfferAnswer(user, answer);
          assert.deepEqual(await flows.offerAnswer(user), answer);
        }
        await flows.keepOfferAnswer(user, null);
        assert.equal(await flows.offerAnswer(user), null);
      },
    },
  ];
}

function limitPromises(limiter: StorageUnderTest["limiter"]): readonly StoragePromise[] {
  return [
    {
      name: "a counter gives as many points as it has, also to parallel callers, and says how long it gives none",
      async run() {
        const limit = limiter({ name: `conformance-${randomUUID()}`, points: 5, seconds: 60 });
        assert.equal(await limit.blockedFor("key"), 0);
        const waits = await atOnce(() => limit.spend("key"));
        assert.equal(waits.filter((wait) => wait === 0).length, 5);
        for (const wait of [...waits.filter((one) => one !== 0), await limit.blockedFor("key")])
          assert.ok(wait > 0 && wait <= 90, `${wait} must be seconds from 1 to 90`);
        assert.equal(await limit.spend("another key"), 0);
        await limit.giveBack("key");
        assert.equal(await limit.spend("key"), 0);
        assert.ok((await limit.spend("key")) > 0);
        await limit.reset("key");
        assert.equal(await limit.blockedFor("key"), 0);
        assert.equal(await limit.spend("key"), 0);
      },
    },
  ];
}

/** So that every connection of a pool is open, and parallel callers do run in parallel. */
async function warmUp(flows: FlowStore): Promise<void> {
  await atOnce(() => flows.passkeyNames(randomUUID()));
}

function atOnce<Value>(call: () => Promise<Value>): Promise<readonly Value[]> {
  return Promise.all(Array.from({ length: parallel }, call));
}

function count(answers: readonly boolean[]): number {
  return answers.filter((answer) => answer).length;
}

function inAMinute(): Date {
  return new Date(Date.now() + minute);
}

function later(): Date {
  return new Date(Date.now() + 2 * minute);
}
