/** What the password manager is told about an account: the whole list, or nothing. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signalAccepted } from "../../client/passkeys/signals.ts";
import type { Passkey } from "../../shared/contract.ts";

let sent: [name: string, detail: unknown][];
beforeEach(() => {
  sent = [];
  const record = (name: string) => async (detail: unknown) => void sent.push([name, detail]);
  vi.stubGlobal(
    "PublicKeyCredential",
    Object.assign(function PublicKeyCredential() {}, {
      signalAllAcceptedCredentials: record("accepted"),
      signalCurrentUserDetails: record("details"),
    }),
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const user = { id: "u-1", email: "somebody@example.com" };
const account = { rpId: "localhost", user };

function passkey(credentialId: string | null): Passkey {
  return {
    id: `passkey-${credentialId}`,
    name: "Phone",
    provider: null,
    icon: null,
    synced: true,
    credentialId,
    createdAt: "2030-01-01T00:00:00.000Z",
    lastUsedAt: null,
  };
}

test("a list in which one of two passkeys has no credential ID sends no signal, because it would hide that one", async () => {
  await signalAccepted({ ...account, passkeys: [passkey("c1"), passkey(null)] });
  await signalAccepted({ ...account, passkeys: [passkey(null), passkey("c1")], afterDelete: true });
  expect(sent).toEqual([]);
});

test("a list in which no passkey has a credential ID sends no signal, also after a deletion", async () => {
  await signalAccepted({ ...account, passkeys: [passkey(null)] });
  await signalAccepted({ ...account, passkeys: [passkey(null)], afterDelete: true });
  expect(sent).toEqual([]);
});

test("a list of two passkeys is sent with both credential IDs", async () => {
  await signalAccepted({ ...account, passkeys: [passkey("c1"), passkey("c2")] });
  expect(sent.find(([name]) => name === "accepted")?.[1]).toMatchObject({
    allAcceptedCredentialIds: ["c1", "c2"],
  });
});

test("an empty list is sent only after a deletion", async () => {
  await signalAccepted({ ...account, passkeys: [] });
  expect(sent).toEqual([]);
  await signalAccepted({ ...account, passkeys: [], afterDelete: true });
  expect(sent.find(([name]) => name === "accepted")?.[1]).toMatchObject({ allAcceptedCredentialIds: [] });
});
