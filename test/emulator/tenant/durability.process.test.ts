import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { createDice } from "../http/fuzz-requests.ts";
import { secret, secretAuthorization, send, testTenant } from "../running-emulator.ts";

/** A share of the fifty that `npm run kill-test` makes. */
const kills = Number(process.env.KILLS ?? 3);

test(`the emulator loses no acknowledged write when it is killed in the middle of writes, ${kills} times`, async () => {
  const directory = await mkdtemp(join(tmpdir(), "emulator-kill-"));
  const data = join(directory, "emulator.db");
  const dice = createDice(9);
  const acknowledged: string[] = [];
  for (let round = 0; round < kills; round += 1) {
    acknowledged.push(...(await writeUntilKilled(data, `round${round}`, 5 + Math.floor(dice() * 200))));
  }
  const emulator = await startEmulator({ data, tenants: [testTenant()] });
  for (const userId of acknowledged) {
    const headers = { authorization: secretAuthorization(secret) };
    const { body } = await send(`${emulator.apiUrl}/users/${userId}`, { headers });
    expect(body.email).toBe(`${userId}@example.com`);
  }
  expect(acknowledged.length).toBeGreaterThan(kills * 4);
  await emulator.close();
  await rm(directory, { recursive: true, force: true });
}, 300_000);

/** Kills with no warning as soon as so many writes were acknowledged, while others are under way. */
async function writeUntilKilled(data: string, prefix: string, enough: number): Promise<string[]> {
  const target = join(import.meta.dirname, "kill-target.ts");
  const child = spawn(process.execPath, ["--import", "tsx", target, data, prefix], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const seen: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line);
    if (seen.length === enough) child.kill("SIGKILL");
  }
  await exited;
  expect(seen.length).toBeGreaterThanOrEqual(enough);
  return seen;
}
