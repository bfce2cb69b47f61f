/** CPU of several processes for the same work, compared fairly on a machine that is shared with others. */
import type { Subject } from "./process.ts";

const warmUp = 300;
const calls = 1000;

/** What is done again and again, and the process whose CPU is counted for it: one of its own. */
export interface Contender {
  readonly subject: Subject;
  readonly once: () => Promise<unknown>;
}

/**
 * CPU milliseconds per call. The contenders take turns call by call: a round of calls after another, the same code came
 * out at up to 1.2 times itself, because the machine's speed changes within seconds; in turns, at 0.97 to 1.02.
 */
export async function measureInTurns<Name extends string>(
  contenders: Record<Name, Contender>,
): Promise<Record<Name, number>> {
  const all: [string, Contender][] = Object.entries(contenders);
  await takeTurns(all, warmUp);
  const before = await cpuOf(all);
  await takeTurns(all, calls);
  const after = await cpuOf(all);
  const perCall = all.map(([name], at) => [name, ((after[at] ?? 0) - (before[at] ?? 0)) / calls]);
  return Object.fromEntries(perCall) as Record<Name, number>;
}

async function takeTurns(contenders: readonly [string, Contender][], turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) for (const [, { once }] of contenders) await once();
}

function cpuOf(contenders: readonly [string, Contender][]): Promise<number[]> {
  return Promise.all(contenders.map(async ([, { subject }]) => (await subject.usage()).cpuMs));
}
