import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { callersOf, newUserId, testTenant } from "../running-emulator.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "emulator-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("a passkey that was enrolled before a restart signs in after it", async () => {
  const options = { data: join(directory, "emulator.db"), tenants: [testTenant()] };
  const authenticator = createSoftAuthenticator();
  const userId = newUserId();

  const yesterday = await startEmulator(options);
  const before = callersOf(yesterday);
  await before.client(authenticator).signUp({ token: await before.track(userId) });
  await yesterday.close();

  const today = await startEmulator(options);
  const after = callersOf(today);
  const token = await after.client(authenticator).signIn({ action: "sign-in-with-passkey" });
  expect(await after.authsignal.validateChallenge({ token })).toMatchObject({ isValid: true, userId });
  await today.close();
});

test("a seeded emulator repeats its ids from the same state, and never one that it restored", async () => {
  const options = { data: join(directory, "seeded.db"), tenants: [testTenant()], seed: "again" };
  const keys: string[] = [];
  for (let start = 0; start < 3; start += 1) {
    const emulator = await startEmulator(options);
    const { idempotencyKey } = await callersOf(emulator).authsignal.track({ userId: "u", action: "a" });
    keys.push(idempotencyKey);
    await emulator.close();
  }
  expect(new Set(keys).size).toBe(3);
  const fresh = await startEmulator({ ...options, data: join(directory, "fresh.db") });
  expect((await callersOf(fresh).authsignal.track({ userId: "u", action: "a" })).idempotencyKey).toBe(
    keys[0],
  );
  await fresh.close();
});

test("a file that another emulator uses is refused until that one stops", async () => {
  const options = { data: join(directory, "shared.db"), tenants: [testTenant()] };
  const first = await startEmulator(options);
  await expect(startEmulator(options)).rejects.toThrow("in use by another emulator");
  await callersOf(first).track("somebody");
  await first.close();
  await expect(startEmulator({ ...options, tenants: [testTenant(), testTenant()] })).rejects.toThrow(
    "have the id",
  );
  await (await startEmulator(options)).close();
});

test("a file of another version of the emulator is refused", async () => {
  const data = join(directory, "future.db");
  const { default: Database } = await import("libsql");
  const database = new Database(data);
  database.pragma("user_version = 99");
  database.close();
  await expect(startEmulator({ data })).rejects.toThrow("another version");
});

test("an emulator without a file keeps nothing", async () => {
  const first = await startEmulator({ tenants: [testTenant()] });
  await callersOf(first).track("somebody");
  await first.close();
  const second = await startEmulator({ tenants: [testTenant()] });
  expect(await callersOf(second).authsignal.getUser({ userId: "somebody" })).not.toHaveProperty("email");
  await second.close();
});
