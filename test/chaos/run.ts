/**
 * `npm run chaos`: breaks a fleet in every way that it must survive, while people are at work, and prints what they saw.
 * It fails when something acknowledged is lost, a token is accepted twice, a request outlasts its deadline, an answer is a
 * 500, a process dies, or the fleet does not recover by itself.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { missingEvents } from "./audit.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createPerson, type Person } from "./people.ts";
import { type Probe, startProbing } from "./probing.ts";
import { endPrograms } from "./processes.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import { judge, type Observed, tableOf } from "./verdict.ts";

const people = 4;
/** How long everything must work before the next fault, and how long that may take. */
const calmMs = 3000;
const recoveryMs = 20_000;

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    endPrograms();
    process.exit(1);
  });

/** Runs the faults with this in their name. Default: all. */
const only = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), "chaos-"));
const faults: string[] = [];
const rows: Observed[] = [];
try {
  const fleet = await startFleet(folder);
  for (const scenario of scenarios.filter(({ name }) => only === undefined || name.includes(only))) {
    const observed = await observe(fleet, scenario);
    if (observed === null) continue;
    rows.push(observed);
    process.stdout.write(`${tableOf([observed]).split("\n").at(-1)}\n`);
    faults.push(...judge(observed));
  }
  for (const program of fleet.programs()) {
    if (program.deaths() > 0) faults.push(`${program.name} died ${program.deaths()} times by itself.`);
    await program.stop();
  }
} catch (error) {
  faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
} finally {
  endPrograms();
}
process.stdout.write(`\n${tableOf(rows)}\n\n`);
for (const fault of faults) process.stdout.write(`FAILED: ${fault}\n`);
if (faults.length === 0) rmSync(folder, { recursive: true, force: true });
else process.stdout.write(`The logs are in ${folder}.\n`);
process.exit(faults.length === 0 ? 0 : 1);

async function observe(fleet: Fleet, scenario: Scenario): Promise<Observed | null> {
  const apart = await scenario.prepare?.(fleet);
  if (apart === null) return null;
  try {
    return await watch(fleet, scenario, apart?.base ?? null);
  } finally {
    await apart?.close();
  }
}

/** @param apart an app apart from the fleet, or null */
async function watch(fleet: Fleet, scenario: Scenario, apart: string | null): Promise<Observed> {
  const port = scenario.isRepeating === true ? fleet.nginx.repeatingPort : fleet.nginx.port;
  const base = apart ?? `http://127.0.0.1:${port}`;
  const ledger = createLedger();
  const own = peopleAt(fleet, base, ledger);
  const urls = apart === null ? fleet.instances.map(({ url }) => url) : [apart];
  const probes: readonly Probe[] = urls.map((url) => startProbing(url));
  let isOver = false;
  const lives = own.map((person) => person.live(() => isOver));
  await delay(calmMs);
  const from = Date.now();
  await scenario.run(fleet);
  const until = Date.now();
  await calm(ledger, until);
  isOver = true;
  await Promise.all(lives);
  for (const person of own) await person.check();
  const health = probes.flatMap((probe) => probe.stop());
  const missing = apart === null ? await missingEvents(fleet, ledger) : [];
  return { scenario, ledger, from, until, health, missing };
}

function peopleAt(fleet: Fleet, base: string, ledger: Ledger): readonly Person[] {
  return Array.from({ length: people }, () => createPerson({ base, emulator: fleet.emulator }, ledger));
}

/** Resolves when no request has failed for a while. */
async function calm(ledger: Ledger, since: number): Promise<void> {
  const giveUpAt = since + recoveryMs;
  for (;;) {
    const last = ledger.calls.findLast(({ status }) => status === null || status >= 500);
    if (Date.now() - Math.max(since, last?.at ?? 0) >= calmMs || Date.now() > giveUpAt) return;
    await delay(100);
  }
}
