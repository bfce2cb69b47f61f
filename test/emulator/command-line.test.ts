import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCommandLine } from "../../server/emulator/command-line.ts";
import { startEmulator } from "../../server/emulator/index.ts";
import { callersOf } from "./running-emulator.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "emulator-cli-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const ignore = () => {};

test("the command line gives a tenant, its origins and a seed, and the emulator starts with them", async () => {
  const seedFile = join(directory, "seed.json");
  await writeFile(seedFile, JSON.stringify({ users: [{ userId: "seeded", email: "s@example.com" }] }));
  const line =
    "--port 0 --tenant-id t --secret emulator-test-secret --rp-id localhost --origin http://localhost:3000";
  const { options, seed } = await readCommandLine(
    [...line.split(" "), "--data", ":memory:", "--seed", seedFile],
    ignore,
  );
  expect(options.tenants).toMatchObject([
    { tenantId: "t", rpId: "localhost", expectedOrigins: ["http://localhost:3000"] },
  ]);
  const emulator = await startEmulator(options);
  emulator.seed(seed);
  expect(await callersOf(emulator).authsignal.getUser({ userId: "seeded" })).toMatchObject({
    email: "s@example.com",
  });
  await emulator.close();
});

test("the command line takes two secrets and several origins", async () => {
  const { options } = await readCommandLine(
    ["--secret", "a", "--secret", "b", "--origin", "http://localhost:1", "--origin", "http://localhost:2"],
    ignore,
  );
  expect(options.tenants?.[0]).toMatchObject({
    secrets: ["a", "b"],
    expectedOrigins: ["http://localhost:1", "http://localhost:2"],
  });
});

test.each([
  [["--port", "abc"], "--port"],
  [["--unknown"], "--unknown"],
  [["--seed", "/does/not/exist"], "no such file"],
])("the command line says what is wrong with %j", async (args, expected) => {
  await expect(readCommandLine(args, ignore)).rejects.toThrow(expected);
});

test.each(["[]", "{"])(
  "the command line refuses a seed file that holds %s, and names the file",
  async (content) => {
    const file = join(directory, "not-a-seed.json");
    await writeFile(file, content);
    await expect(readCommandLine(["--seed", file], ignore)).rejects.toThrow(`${file} is not a seed`);
  },
);

test("the emulator prints a sentence and exits if its seed is invalid", async () => {
  const file = join(directory, "refused-seed.json");
  await writeFile(file, JSON.stringify({ users: [{}] }));
  const main = join(import.meta.dirname, "../../server/emulator/cli.ts");
  const ended = promisify(execFile)(process.execPath, [
    "--import",
    "tsx",
    main,
    "--port",
    "0",
    "--seed",
    file,
  ]);
  await expect(ended).rejects.toMatchObject({ code: 1, stderr: "users[0].userId is required.\n" });
});
