/** What keeps an emulator from starting is said in a sentence, and leaves nothing behind that stops the next one. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "libsql";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startEmulator } from "../../server/emulator/index.ts";
import { callersOf, testTenant } from "./running-emulator.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "emulator-start-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("starting on a used port fails with a sentence that names the port", async () => {
  const first = await startEmulator();
  await expect(startEmulator({ port: first.port })).rejects.toThrow(
    `Port ${first.port} is in use by another program.`,
  );
  await first.close();
});

test("the emulator creates the folder of its file", async () => {
  const options = { data: join(directory, "not/there/yet/emulator.db"), tenants: [testTenant()] };
  const first = await startEmulator(options);
  await callersOf(first).authsignal.updateUser({ userId: "u", attributes: { email: "u@example.com" } });
  await first.close();
  const second = await startEmulator(options);
  expect(await callersOf(second).authsignal.getUser({ userId: "u" })).toMatchObject({
    email: "u@example.com",
  });
  await second.close();
});

test.each([
  ["a folder", (folder: string) => folder],
  ["a place where no folder can be created", (folder: string) => join(folder, "file", "emulator.db")],
  ["a folder below /proc", () => "/proc/no-such-folder/below/emulator.db"],
])("starting with %s as the file fails with a sentence that names it", async (_what, data) => {
  await writeFile(join(directory, "file"), "");
  await expect(startEmulator({ data: data(directory) })).rejects.toThrow(
    `${data(directory)} cannot be opened`,
  );
});

test("a file that is not a state file is refused, and a new one in its place is accepted", async () => {
  const data = join(directory, "emulator.db");
  await writeFile(data, "not a database ".repeat(1_000));
  await expect(startEmulator({ data })).rejects.toThrow("is not a state file of the emulator");
  await rm(data);
  await (await startEmulator({ data })).close();
});

test.each([0, 1])("leaves another program's database as it is, whose user_version is %i", async (version) => {
  const data = join(directory, "app.sqlite");
  const database = new SqliteDatabase(data);
  database.exec(`CREATE TABLE orders (id TEXT); PRAGMA user_version = ${version};`);
  await expect(startEmulator({ data })).rejects.toThrow("is not a state file of the emulator");
  const names = database.prepare("SELECT name FROM sqlite_master").all();
  expect(names).toMatchObject([{ name: "orders" }]);
  expect(database.prepare("PRAGMA user_version").get()).toMatchObject({ user_version: version });
  expect(database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "delete" });
  database.close();
});

test("an invalid publicUrl is refused and leaves the file unlocked", async () => {
  const data = join(directory, "emulator.db");
  await expect(startEmulator({ data, publicUrl: "emulator" })).rejects.toThrow('"emulator" is not a URL');
  await (await startEmulator({ data })).close();
});

test("the emulator warns, continues and stops cleanly if its file is deleted while it runs", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const emulator = await startEmulator({ data: join(directory, "emulator.db"), tenants: [testTenant()] });
  await rm(directory, { recursive: true });
  const { authsignal } = callersOf(emulator);
  for (const userId of ["a", "b"])
    await authsignal.updateUser({ userId, attributes: { displayName: userId } });
  expect(await authsignal.getUser({ userId: "a" })).toMatchObject({ displayName: "a" });
  expect(warned.mock.calls).toEqual([[expect.stringContaining("was deleted while the emulator runs")]]);
  await emulator.close();
  warned.mockRestore();
});
