/**
 * Sixteen people at once: what a sign-in and a registration cost each server, and how long people wait. Each server is a
 * process on a core of its own; the people, their authenticators and Authsignal's emulator are on the others. The servers
 * take turns in rounds, so that a machine that is shared is slow for all of them. Prints what was reached; asserts nothing.
 *
 * `TEST_DATABASE_URL` and `TEST_REDIS_URL` add our app with PostgreSQL and Redis.
 */
import { availableParallelism } from "node:os";
import { type LoadContender, startLoadContenders } from "./load-contenders.ts";
import { buildSubjects, pinTo } from "./process.ts";
import type { Shares } from "./profile.ts";

const inFlight = 16;
const perRound = 160;
const rounds = Number(process.env.BENCH_ROUNDS ?? 7);

interface Measured {
  /** Of the rounds: the median of each round's CPU per call. */
  readonly cpuMs: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

await buildSubjects();
if (availableParallelism() < 2) console.log("One core: the servers share it with what calls them.");
// The servers that are compared have core 0.
else pinTo(process.pid, `1-${availableParallelism() - 1}`);
const contenders = await startLoadContenders();
try {
  for (const what of ["sign-in", "registration"] as const) {
    const able = contenders.filter((one) => one[what] !== undefined);
    const measured = await measure(able, what);
    print(what, measured);
  }
  for (const { name, signIn, subject } of contenders.map((one) => ({ ...one, signIn: one["sign-in"] }))) {
    if (signIn === undefined) continue;
    await subject.profile();
    await run(signIn, perRound * 3);
    printShares(name, await subject.profiled());
  }
} finally {
  for (const { stop } of contenders) await stop();
}

async function measure(
  able: readonly LoadContender[],
  what: "sign-in" | "registration",
): Promise<ReadonlyMap<string, Measured>> {
  const cpu = new Map<string, number[]>();
  const waits = new Map<string, number[]>();
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, subject, prepare, [what]: once } of able) {
      if (once === undefined) continue;
      if (what === "registration") await prepare?.();
      const before = await subject.usage();
      const waited = await run(once, perRound);
      const spent = ((await subject.usage()).cpuMs - before.cpuMs) / perRound;
      // The first round warms up.
      if (round < 0) continue;
      cpu.set(name, [...(cpu.get(name) ?? []), spent]);
      waits.set(name, [...(waits.get(name) ?? []), ...waited]);
    }
  }
  return new Map(
    [...cpu].map(([name, spent]) => {
      const waited = waits.get(name) ?? [];
      return [name, { cpuMs: at(spent, 0.5), medianMs: at(waited, 0.5), p99Ms: at(waited, 0.99) }];
    }),
  );
}

/** @returns milliseconds that each call took */
async function run(once: () => Promise<unknown>, calls: number): Promise<number[]> {
  const waited: number[] = [];
  let left = calls;
  const person = async () => {
    while (left > 0) {
      left -= 1;
      const startedAt = performance.now();
      await once();
      waited.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, person));
  return waited;
}

function at(values: readonly number[], rank: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * rank))] ?? Number.NaN;
}

function print(what: string, measured: ReadonlyMap<string, Measured>): void {
  const base = measured.get("SimpleWebAuthn, in memory");
  const vendor = measured.get("the vendor's shape, in memory");
  console.log(`\n${what}, ${inFlight} at once`.padEnd(42), "CPU      rate × SWA  × vendor  median   p99");
  for (const [name, { cpuMs, medianMs, p99Ms }] of measured) {
    const ratio = (to: Measured | undefined) => (to === undefined ? "-" : (to.cpuMs / cpuMs).toFixed(2));
    console.log(
      name.padEnd(40),
      `${cpuMs.toFixed(2)} ms`.padEnd(8),
      ratio(base).padStart(8),
      ratio(vendor).padStart(10),
      `${medianMs.toFixed(0)} ms`.padStart(9),
      `${p99Ms.toFixed(0)} ms`.padStart(8),
    );
  }
}

function printShares(name: string, shares: Shares): void {
  const sorted = Object.entries(shares).toSorted(([, a], [, b]) => b - a);
  console.log(`\nWhere the CPU of a sign-in goes: ${name}`);
  for (const [part, share] of sorted) console.log(`  ${part.padEnd(40)} ${share.toFixed(0).padStart(3)} %`);
}
