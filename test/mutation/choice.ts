/** Which mutations of the tables a run makes. */
import type { Placed } from "./tables.ts";

export interface Choice {
  /** Only mutations of these files or with these tests; null means all. */
  readonly changed: readonly string[] | null;
  /** Only mutations whose id or file contains one of these; none means all. */
  readonly words: readonly string[];
  /** So many at the most. */
  readonly max: number;
}

/** Beginnings of the ids that a run takes where it cannot know what changed: what costs most when it is wrong. */
export const sampleIds: readonly string[] = [
  "O01-",
  "O04-",
  "G01-",
  "G02-",
  "N02-",
  "U01-",
  "P07-",
  "A02-",
  "T03-",
  "T07-",
  "E10-",
  "S32-",
];

/**
 * Mutations of changed files come before those that only have changed tests. Within each of the two, every file gets its
 * first one before any gets its second, so that a small `max` still reaches all of them.
 */
export function choose(placed: readonly Placed[], { changed, words, max }: Choice): readonly Placed[] {
  if (changed === null) {
    const named = ({ id, path }: Placed) => words.some((word) => id.includes(word) || path.includes(word));
    return placed.filter((one) => words.length === 0 || named(one)).slice(0, max);
  }
  const ofChanged = placed.filter(({ path }) => changed.includes(path));
  const withChangedTests = placed.filter(
    (one) => !ofChanged.includes(one) && one.testPaths.some((path) => changed.includes(path)),
  );
  return [...inTurns(ofChanged), ...inTurns(withChangedTests)].slice(0, max);
}

function inTurns(placed: readonly Placed[]): readonly Placed[] {
  const turnOf = new Map<Placed, number>();
  const seen = new Map<string, number>();
  for (const one of placed) {
    const turn = seen.get(one.path) ?? 0;
    turnOf.set(one, turn);
    seen.set(one.path, turn + 1);
  }
  return placed.toSorted((a, b) => (turnOf.get(a) ?? 0) - (turnOf.get(b) ?? 0));
}
