/** Imported and stored state may be damaged, edited or hostile. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { callersOf, runEmulator, send, tenantId, testTenant } from "../running-emulator.ts";

const running = runEmulator();

const putState = (state: unknown) =>
  send(`${running.emulator.url}/emulator/state`, { method: "PUT", body: JSON.stringify(state) });
const stateOf = (dump: unknown) => ({ version: 1, tenants: { [tenantId]: dump } });

const user = { userId: "u", createdAt: 1, emailVerified: false, phoneNumberVerified: false };
const passkey = { userAuthenticatorId: "p", userId: "u", verificationMethod: "PASSKEY", createdAt: 1 };
const action = {
  userId: "u",
  actionCode: "a",
  idempotencyKey: "k",
  createdAt: 1,
  stateUpdatedAt: 1,
  expiresAt: 1,
};

test.each([
  ["a user without a time", { users: [["u", { ...user, createdAt: undefined }]] }],
  ["a time that no date can hold", { users: [["u", { ...user, createdAt: 1e300 }]] }],
  ["an address that is not text", { users: [["u", { ...user, email: {} }]] }],
  ["a member that only a prototype has", { users: [["u", JSON.parse('{"__proto__":{"userId":"u"}}')]] }],
  ["half a surrogate pair as a key", { users: [["\ud800", user]] }],
  ["half a credential record", { userAuthenticators: [["p", { ...passkey, credential: {} }]] }],
  ["an unknown method", { userAuthenticators: [["p", { ...passkey, verificationMethod: "FAX" }]] }],
  ["an app's secret that is not base32", { userAuthenticators: [["p", { ...passkey, totpSecret: "no!" }]] }],
  ["an unknown state of an action", { actions: [["k", { ...action, state: "FINE" }]] }],
  ["an unknown kind of challenge", { challenges: [["c", { kind: "riddle" }]] }],
  ["a key that cannot sign", { keys: [["session-rs256", { jwk: { kid: "k", kty: "RSA" } }]] }],
  ["an unknown collection", { secrets: [["s", {}]] }],
  ["a row that is not a pair", { users: [["u"]] }],
  ["an object in place of rows", { users: {} }],
  ["null in place of a dump", null],
])("importing a state with %s is refused and changes nothing", async (_what, dump) => {
  await running.authsignal.updateUser({ userId: "kept", attributes: { displayName: "Kept" } });
  expect(await putState(stateOf(dump))).toMatchObject({
    status: 400,
    body: { errorCode: "invalid_request" },
  });
  expect(await running.authsignal.getUser({ userId: "kept" })).toMatchObject({ displayName: "Kept" });
  expect((await send(`${running.emulator.url}/emulator/tenants`)).status).toBe(200);
});

test("importing a state whose second tenant is unknown changes nothing", async () => {
  await running.authsignal.updateUser({ userId: "kept", attributes: { displayName: "Kept" } });
  expect((await putState({ version: 1, tenants: { [tenantId]: { users: [] }, elsewhere: {} } })).status).toBe(
    400,
  );
  expect(await running.authsignal.getUser({ userId: "kept" })).toMatchObject({ displayName: "Kept" });
});

test("an exported state can be imported, however deeply a caller nested its values", async () => {
  const custom = JSON.parse(`${'{"a":'.repeat(29)}1${"}".repeat(29)}`);
  const token = await running.client().signUp({ token: await running.track("deep") });
  await running.authsignal.updateUser({ userId: "deep", attributes: { custom } });
  await running.authsignal.createSession({ token, clientId: "web" });
  await running.post("/user-authenticators/totp", {}, token);
  await running.post("/user-authenticators/email-magic-link", { email: "d@example.com" }, token);
  await running.post("/user-authenticators/passkey/registration-options", {}, token);
  await running.post("/challenge", { action: "sign-in" });
  running.emulator.seed({
    actions: [{ actionCode: "pay", outcome: "BLOCK" }],
    fixedCodes: [{ to: "f@example.com", code: "123456" }],
  });
  const exported = running.emulator.exportState();
  expect((await putState(exported)).status).toBe(200);
  expect(JSON.stringify(running.emulator.exportState())).toBe(JSON.stringify(exported));
});

test("half a surrogate pair in an id is refused, because a file cannot keep it", async () => {
  await expect(
    running.authsignal.claimChallenge({ challengeId: "c", userId: "\ud800" }),
  ).rejects.toMatchObject({ statusCode: 400, errorDescription: "userId must be a string." });
});

test.each(["not JSON", '{"userId":7}'])(
  "the emulator does not start with the damaged record %s in its file, and names it",
  async (value) => {
    const directory = await mkdtemp(join(tmpdir(), "emulator-damaged-"));
    const data = join(directory, "emulator.db");
    const options = { data, tenants: [testTenant()] };
    const emulator = await startEmulator(options);
    await callersOf(emulator).track("somebody");
    await emulator.close();

    const { default: Database } = await import("libsql");
    const database = new Database(data);
    database.prepare("UPDATE records SET value = ? WHERE collection = 'users'").run(value);
    database.close();
    await expect(startEmulator(options)).rejects.toThrow('damaged record (users "somebody" of tenant');
    await rm(directory, { recursive: true });
  },
);
