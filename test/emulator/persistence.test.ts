import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/index.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { callersOf, newUserId, testTenant } from "./running-emulator.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "emulator-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("signs in today with a passkey made before a restart", async () => {
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

test("keeps nothing in memory mode", async () => {
  const first = await startEmulator({ tenants: [testTenant()] });
  await callersOf(first).track("somebody");
  await first.close();
  const second = await startEmulator({ tenants: [testTenant()] });
  expect(await callersOf(second).authsignal.getUser({ userId: "somebody" })).not.toHaveProperty("email");
  await second.close();
});
