/**
 * The promises of the session port, for a host that implements it over sessions of its own. Each runs the port in an app
 * on localhost, with clients that keep their credentials. Plain functions that throw: any runner takes them.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { sessionsShape } from "./check-options.ts";
import { withServer } from "./listen.ts";
import { type Check, found, refused, seconds, signIn, succeeded } from "./session-assertions.ts";
import { appAround, type Held, hasCodes, SessionClient, type SessionsUnderTest } from "./session-client.ts";
import { codePromises } from "./session-code-promises.ts";
import type { StoragePromise } from "./storage-conformance.ts";

export type { SessionsUnderTest };
export type SessionPromise = StoragePromise;

/** @returns one check for each promise. They use users of their own, so they may run on a store that is in use. */
export function sessionPromises(subject: SessionsUnderTest): readonly SessionPromise[] {
  sessionsShape.check(subject, "sessionPromises");
  const checks: Record<string, Check> = {
    ...signInPromises,
    ...renewalPromises,
    ...endPromises,
    ...concurrencyPromises,
    ...(hasCodes(subject.sessions) ? codePromises : {}),
    ...(subject.advance === undefined ? {} : timePromises),
    ...(subject.sessions.carriesAssurance === true ? assurancePromises : {}),
  };
  return Object.entries(checks).map(([name, check]) => ({
    name,
    async run() {
      const held: Held = new Map();
      await withServer(await appAround(subject, held), (url) =>
        check(() => new SessionClient(url, subject, held), subject),
      );
    },
  }));
}

const signInPromises: Record<string, Check> = {
  "a visitor has no session, and neither has a client that invents a credential": async (newClient) => {
    const made = randomBytes(32).toString("base64url");
    const cookies = { "connect.sid": `s%3A${made}.${made}`, passkeys_session: `s%3A${made}.${made}` };
    assert.equal(await newClient().session(), null);
    assert.equal(await newClient().invent(cookies, `Bearer ${made}`).session(), null);
  },

  "a sign-in is known with its user, method and time, and names its session": async (newClient, { now }) => {
    const client = newClient();
    const before = seconds(now?.() ?? new Date());
    const user = await signIn(client, "password");
    const session = await found(client);
    assert.equal(session.userId, user);
    assert.equal(session.method, "password");
    assert.ok(session.id.length > 0, "the session must have a name");
    const at = seconds(session.authenticatedAt);
    assert.ok(
      at >= before && at <= seconds(now?.() ?? new Date()),
      "authenticatedAt must be the time of the sign-in",
    );
  },

  "two sign-ins of one user are two sessions": async (newClient) => {
    const [one, two] = [newClient(), newClient()];
    await two.start(await signIn(one));
    assert.notEqual((await found(one)).id, (await found(two)).id);
  },

  "a sign-in makes what the client had before worthless": async (newClient) => {
    const client = newClient();
    const first = await signIn(client);
    const { id } = await found(client);
    const old = client.copy();
    const second = await signIn(client);
    assert.equal((await found(client)).userId, second);
    assert.notEqual((await found(client)).id, id, "a sign-in must begin another session");
    assert.equal(await old.session(), null, `the credential of ${first} must be worthless`);
  },
};

const renewalPromises: Record<string, Check> = {
  "a renewal keeps the session and takes the new proof": async (newClient) => {
    const client = newClient();
    const user = await signIn(client, "password");
    const before = await found(client);
    for (const method of ["passkey", "email-otp"]) {
      succeeded(await client.renew(method));
      const after = await found(client);
      assert.deepEqual([after.id, after.userId, after.method], [before.id, user, method]);
      assert.ok(seconds(after.authenticatedAt) >= seconds(before.authenticatedAt));
    }
  },

  "a renewal makes the credential of before worthless": async (newClient) => {
    const client = newClient();
    await signIn(client);
    const old = client.copy();
    succeeded(await client.renew());
    assert.equal(await old.session(), null);
    refused(await old.renew());
    assert.notEqual(await client.session(), null);
  },

  "a renewal leaves the user's other session as it is": async (newClient) => {
    const [client, other] = [newClient(), newClient()];
    await other.start(await signIn(client));
    const before = await found(other);
    succeeded(await client.renew());
    assert.deepEqual(await other.session(), before);
  },

  "a visitor cannot renew": async (newClient) => refused(await newClient().renew()),
};

const endPromises: Record<string, Check> = {
  "an ended session is worthless, also by a copy of its credential": async (newClient) => {
    const client = newClient();
    await signIn(client);
    const copy = client.copy();
    succeeded(await client.end());
    for (const one of [client, copy]) assert.equal(await one.session(), null);
    refused(await copy.renew());
  },

  "an end without a session, and a second one, succeed": async (newClient) => {
    const client = newClient();
    succeeded(await client.end());
    await signIn(client);
    const copy = client.copy();
    for (const one of [client, client, copy]) succeeded(await one.end());
  },

  "an end leaves the user's other session, and this client can sign in again": async (newClient) => {
    const [client, other] = [newClient(), newClient()];
    const user = await signIn(client);
    succeeded(await other.start(user));
    succeeded(await client.end());
    assert.equal((await found(other)).userId, user);
    succeeded(await client.start(user));
    assert.equal((await found(client)).userId, user);
  },

  "a renewal that was under way when the session ended is refused and brings nothing back": async (
    newClient,
  ) => {
    const client = newClient();
    await signIn(client);
    const copy = client.copy();
    refused(await client.slowly("renew", { method: "passkey" }, () => copy.copy().end()));
    for (const one of [client, copy]) assert.equal(await one.session(), null);
  },

  "an end that was under way when the session was renewed ends the renewed one": async (newClient) => {
    const client = newClient();
    await signIn(client);
    const [old, ending] = [client.copy(), client.copy()];
    succeeded(await ending.slowly("end", {}, async () => succeeded(await client.renew())));
    for (const one of [client, old, ending]) assert.equal(await one.session(), null);
  },
};

const concurrencyPromises: Record<string, Check> = {
  "requests at the same time see the same session": async (newClient) => {
    const client = newClient();
    await signIn(client);
    const before = await found(client);
    const all = await Promise.all(Array.from({ length: 20 }, () => client.copy().session()));
    for (const one of all) assert.deepEqual(one, before);
  },

  "of renewals at the same time one succeeds or more, each for the same session": async (newClient) => {
    const client = newClient();
    await signIn(client);
    const { id } = await found(client);
    const copies = Array.from({ length: 4 }, () => client.copy());
    const answers = await Promise.all(copies.map((copy) => copy.renew()));
    for (const answer of answers) if (answer.status !== 200) refused(answer);
    const alive = (await Promise.all(copies.map((copy) => copy.session()))).filter((one) => one !== null);
    assert.ok(alive.length > 0, "one of the renewed credentials must work");
    for (const one of alive) assert.equal(one.id, id);
    assert.equal(await client.session(), null, "the credential of before must be worthless");
  },
};

/** Of a port with `carriesAssurance`. */
const assurancePromises: Record<string, Check> = {
  "a session is as limited as it was begun, and a proof that says nothing of it leaves it so": async (
    newClient,
  ) => {
    const client = newClient();
    await signIn(client);
    assert.notEqual((await found(client)).assurance, "limited", "a sign-in without it must be full");
    succeeded(await client.start(await signIn(client), "email-otp", { assurance: "limited" }));
    assert.equal((await found(client)).assurance, "limited");
    succeeded(await client.renew("email-otp"));
    assert.equal((await found(client)).assurance, "limited");
  },

  "a proof that lifts the limit lifts it, and the next sign-in begins without it": async (newClient) => {
    const client = newClient();
    const user = await signIn(client);
    succeeded(await client.start(user, "email-otp", { assurance: "limited" }));
    const old = client.copy();
    succeeded(await client.renew("passkey", { assurance: "full" }));
    assert.notEqual((await found(client)).assurance, "limited");
    assert.equal(await old.session(), null, "the credential of before must be worthless");
    succeeded(await client.start(user, "email-otp", { assurance: "limited" }));
    succeeded(await client.start(user, "passkey"));
    assert.notEqual((await found(client)).assurance, "limited");
  },

  "a limited session's slow request does not limit it again after the proof": async (newClient, subject) => {
    if (!hasCodes(subject.sessions)) return;
    const client = newClient();
    const user = await signIn(client);
    succeeded(await client.start(user, "email-otp", { assurance: "limited" }));
    const slow = client.copy();
    const code = { challengeId: "c", email: "a@example.com", sentAt: new Date(), expiresAt: new Date() };
    await slow.slowly("code", { code }, async () =>
      succeeded(await client.renew("passkey", { assurance: "full" })),
    );
    assert.notEqual((await found(client)).assurance, "limited");
  },
};

const timePromises: Record<string, Check> = {
  "the proof time is that of the proof, however often and late the session is used": async (
    newClient,
    { advance = () => {} },
  ) => {
    const client = newClient();
    await signIn(client);
    const { authenticatedAt } = await found(client);
    for (let time = 0; time < 3; time += 1) {
      advance(4 * 60_000);
      assert.deepEqual((await found(client)).authenticatedAt, authenticatedAt);
    }
    succeeded(await client.renew());
    const minutes = (seconds((await found(client)).authenticatedAt) - seconds(authenticatedAt)) / 60;
    assert.ok(minutes >= 11 && minutes < 14, "a renewal must take the time of its proof");
  },
};
