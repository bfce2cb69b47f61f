/** Every operation of the API, emulated or not, and whether a pattern of paths can meet one. */
import type { Operation } from "./api-operation.ts";
import { clientApi } from "./client-api.ts";
import { notEmulated } from "./not-emulated.ts";
import { serverApi } from "./server-api.ts";

export const operations: readonly Operation[] = [...serverApi, ...clientApi, ...notEmulated];

/**
 * Whether a request of an operation can have a path of this pattern, in which `*` is any run of characters.
 * @param method of the request; every operation that a browser calls also meets OPTIONS
 */
export function canMeetOperation(pattern: string, method?: string): boolean {
  return operations.some(
    (operation) =>
      (method === undefined || method === "OPTIONS" || method === operation.method) &&
      canOverlap(pattern, `/v1${operation.path}`),
  );
}

/** One character of a path's parameter, and any number of further ones. */
const parameter = ["one", "more"] as const;

/** Whether one text fits both the pattern and the path of an operation. */
function canOverlap(pattern: string, path: string): boolean {
  const tokens = path
    .split(/(\{\w+\})/)
    .flatMap((piece) => (piece.startsWith("{") ? parameter : [...piece])) as readonly string[];
  // Row by row from the ends: `fits[j]` says whether the pattern from here on can overlap the path from `j` on.
  let next: boolean[] = Array.from({ length: tokens.length + 1 }, () => false);
  for (let at = pattern.length; at >= 0; at -= 1) {
    const char = pattern[at];
    const fits: boolean[] = [];
    for (let to = tokens.length; to >= 0; to -= 1) {
      const token = tokens[to];
      const isSame = token === char || (token === "one" && char !== "/");
      const ends = char === undefined && token === undefined;
      const skipsMore = token === "more" && fits[to + 1] === true;
      const takesMore = token === "more" && char !== undefined && char !== "/" && next[to] === true;
      const takesOne = char !== undefined && token !== undefined && isSame && next[to + 1] === true;
      const runs = char === "*" && (next[to] === true || (token !== undefined && fits[to + 1] === true));
      fits[to] = ends || skipsMore || takesMore || takesOne || runs;
    }
    next = fits;
  }
  return next[0] === true;
}
