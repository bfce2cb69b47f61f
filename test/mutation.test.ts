/** The tables of mutations stay true when code moves: `npm run mutation` takes too long to find out. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { choose, sampleIds } from "./mutation/choice.ts";
import { mutate, resolvePath, StaleMutation } from "./mutation/mutation.ts";
import { allMutations, type Placed, place } from "./mutation/tables.ts";
import { presentFiles, root } from "./mutation/workshop.ts";

test("every mutation names one file, code that is in it once, and test files that are there", () => {
  const tracked = presentFiles();
  const stale = allMutations.flatMap((mutation) => {
    try {
      mutate(readFileSync(join(root, place(mutation, tracked).path), "utf8"), mutation);
      return [];
    } catch (error) {
      if (!(error instanceof StaleMutation)) throw error;
      return [`${mutation.id}: ${error.message}`];
    }
  });
  expect(stale).toEqual([]);
});

test("no two mutations have one id", () => {
  const ids = allMutations.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
});

test.each([
  ["router.ts", ["client/app/router.ts"], "client/app/router.ts"],
  ["client/app/router.ts", ["client/app/router.ts", "server/passkeys/router.ts"], "client/app/router.ts"],
  ["server/router.ts", ["client/server.ts", "server/passkeys/router.ts"], "server/passkeys/router.ts"],
])("the name %s among %j means %s, whichever folders lie between", (name, tracked, path) => {
  expect(resolvePath(name, tracked)).toBe(path);
});

test.each([
  ["a name that means two files", "router.ts", ["client/app/router.ts", "server/router.ts"], /may mean/],
  ["a name that ends alike", "outer.ts", ["client/app/router.ts"], /no tracked file/],
  ["folders in another order", "b/a/x.ts", ["a/b/x.ts"], /no tracked file/],
])("%s is refused", (_, name, tracked, reason) => {
  expect(() => resolvePath(name, tracked)).toThrow(reason);
});

test("code is found whatever its white space, and changed only where it is there once", () => {
  const change = { find: "if (a)  return;", replace: "" };
  expect(mutate("{ if (a)\n    return; }", change)).toBe("{  }");
  expect(() => mutate("if (b) return;", change)).toThrow("0 times");
  expect(() => mutate("if (a) return; if (a) return;", change)).toThrow("2 times");
  expect(mutate("x $& y", { find: "$&", replace: "$1" })).toBe("x $1 y");
});

test("each of the fixed sample names one mutation", () => {
  const found = sampleIds.map((start) => allMutations.filter(({ id }) => id.startsWith(start)).length);
  expect(found).toEqual(sampleIds.map(() => 1));
});

test("of what changed every file has its turn, the changed code before the changed tests", () => {
  const one = (id: string, path: string, suite = "x.test.ts"): Placed => ({
    ...{ id, path, file: path, find: "", replace: "", tests: [suite], testPaths: [suite] },
  });
  const placed = [one("t1", "c.ts", "s.test.ts"), one("a1", "a.ts"), one("a2", "a.ts"), one("b1", "b.ts")];
  const changed = ["a.ts", "b.ts", "s.test.ts"];
  const chosen = (max: number) => choose(placed, { changed, words: [], max }).map(({ id }) => id);
  expect(chosen(10)).toEqual(["a1", "b1", "a2", "t1"]);
  expect(chosen(2)).toEqual(["a1", "b1"]);
  expect(choose(placed, { changed: null, words: ["a"], max: 1 }).map(({ id }) => id)).toEqual(["a1"]);
});
