/**
 * Refuses options that nothing reads. A host in JavaScript, and one that spreads an object, has no compiler to tell of a
 * misspelt name, and a misspelt switch would leave the default in its place.
 */

/** Every name that an options object may have, and no other. */
export type Names<Options extends object> = Readonly<Record<KeyOf<Options>, true>>;

/** Distributes over a union: `keyof` of a union has only the names that all of its members share. */
type KeyOf<Options> = Options extends object ? keyof Options & string : never;

/**
 * @param caller the function that takes the options, as the beginning of a sentence
 * @param within where the object is, such as `limits`; default: it is the options themselves
 * @throws TypeError that names the unknown option, the nearest known one, and all of them
 */
export function refuseUnknown(caller: string, options: unknown, known: object, within?: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(
      `${caller}: ${within === undefined ? "the options" : `\`${within}\``} must be an object with ${list(known)}.`,
    );
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const place = within === undefined ? unknown : `${within}.${unknown}`;
  const nearest = nearestName(unknown, Object.keys(known));
  const advice = nearest === null ? "" : ` Did you mean \`${nearest}\`?`;
  throw new TypeError(`${caller}: \`${place}\` is no option.${advice} The options are ${list(known)}.`);
}

function list(known: object): string {
  return Object.keys(known).join(", ");
}

/** The known name that takes the fewest changes of a letter; null when it would take more than a third of them. */
export function nearestName(name: string, known: readonly string[]): string | null {
  let [nearest, fewest]: [string | null, number] = [null, Math.max(1, Math.floor(name.length / 3)) + 1];
  for (const one of known) {
    const changes = changesBetween(name.toLowerCase(), one.toLowerCase());
    if (changes < fewest) [nearest, fewest] = [one, changes];
  }
  return nearest;
}

/** Letters added, left out, replaced, or swapped with their neighbour. */
function changesBetween(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      line.push(
        Math.min(
          at(last, column) + 1,
          at(line, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, line];
  }
  return at(last, to.length);
}

/** Infinite outside of the row. */
function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
