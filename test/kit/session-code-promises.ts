/** The promises of the session port about e-mail codes: for a router that has them. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { PendingOtp } from "../../server/passkeys/ports/sessions.ts";
import { type Check, found, signIn, succeeded } from "./session-assertions.ts";

export const codePromises: Record<string, Check> = {
  "a code is kept for the client that asked for it, and for no other": async (newClient) => {
    const [client, other] = [newClient(), newClient()];
    const first = pendingCode();
    const second = pendingCode();
    for (const code of [first, second]) {
      succeeded(await client.keepCode(code));
      assert.deepEqual(await client.code(), code);
    }
    assert.equal(await other.code(), null);
    succeeded(await other.keepCode(first));
    assert.deepEqual(await client.code(), second);
    assert.equal(await client.session(), null, "asking for a code must sign nobody in");
  },

  "a code is forgotten when that is asked, and with a sign-in": async (newClient) => {
    const client = newClient();
    succeeded(await client.keepCode(pendingCode()));
    succeeded(await client.keepCode(null));
    assert.equal(await client.code(), null);
    succeeded(await client.keepCode(pendingCode()));
    const planted = client.copy();
    await signIn(client);
    for (const one of [client, planted]) assert.equal(await one.code(), null);
    assert.equal(
      await planted.session(),
      null,
      "what was planted before a sign-in must be worthless after it",
    );
  },

  "a code that was asked for while the client signed in leaves it signed in": async (newClient) => {
    const client = newClient();
    // Some middleware gives every visitor a cookie: also with an answer that comes late, whatever the port does.
    await client.session();
    let user = "";
    await client.slowly("code", { code: pendingCode() }, async () => {
      user = await signIn(client);
    });
    assert.equal((await found(client)).userId, user);
  },

  "a signed-in client can wait for a code, and stays signed in": async (newClient) => {
    const client = newClient();
    const user = await signIn(client);
    const code = pendingCode();
    succeeded(await client.keepCode(code));
    assert.deepEqual(await client.code(), code);
    assert.equal((await found(client)).userId, user);
  },

  "a code that was asked for while the session ended brings nothing back": async (newClient) => {
    const client = newClient();
    await signIn(client);
    const copy = client.copy();
    await client.slowly("code", { code: pendingCode() }, () => copy.copy().end());
    for (const one of [client, copy]) assert.equal(await one.session(), null);
  },

  "a code that was asked for while the session was renewed does not bring the old credential back": async (
    newClient,
  ) => {
    const client = newClient();
    await signIn(client);
    const [slow, old] = [client.copy(), client.copy()];
    await slow.slowly("code", { code: pendingCode() }, async () => succeeded(await client.renew()));
    assert.equal(await old.session(), null);
    assert.notEqual(await client.session(), null);
  },
};

function pendingCode(): PendingOtp {
  const sentAt = new Date();
  const email = `person-${randomUUID()}@example.com`;
  return { challengeId: randomUUID(), email, sentAt, expiresAt: new Date(sentAt.getTime() + 600_000) };
}
