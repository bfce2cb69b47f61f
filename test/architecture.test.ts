/**
 * The house rules that the compiler cannot enforce: who may import whom. Each rule is a question to the import
 * graph whose answer must be an empty list; a broken rule prints the imports that break it.
 */
import { describe, expect, test } from "vitest";
import {
  circlesIn,
  type Import,
  reachableFrom,
  readSource,
  readSources,
  type SourceFile,
} from "./import-graph.ts";

const sources = readSources(`${import.meta.dirname}/..`, ["shared", "server", "client", "test"]);

/** Files longer than the house keeps them, and why they may be. */
const longFiles: Readonly<Record<string, string>> = {
  "server/emulator/api/client-api.ts": "a register: one row for each operation of the Client API",
  "server/emulator/api/server-api.ts": "a register: one row for each operation of the Server API",
};
const longestFile = 250;

function within(...folders: readonly string[]): readonly SourceFile[] {
  return sources.filter(({ path }) => folders.some((folder) => path.startsWith(folder)));
}

/** The imports in these files that a rule forbids, as "importer → target". */
function forbidden(
  files: readonly SourceFile[],
  isForbidden: (one: Import, importer: SourceFile) => boolean,
): readonly string[] {
  return files.flatMap((file) =>
    file.imports.filter((one) => isForbidden(one, file)).map(({ target }) => `${file.path} → ${target}`),
  );
}

function isPackage(target: string): boolean {
  return !/^(shared|server|client|test)\//.test(target);
}

describe("one importer for each SDK", () => {
  test.each([
    ["@authsignal/node", "server/authsignal/sdk-gateway.ts"],
    ["@authsignal/browser", "client/passkeys/ceremony.ts"],
  ])("%s is imported by %s alone", (sdk, importer) => {
    const product = within("shared/", "server/", "client/").filter(({ path }) => path !== importer);
    expect(forbidden(product, ({ target }) => target === sdk)).toEqual([]);
    expect(sources.find(({ path }) => path === importer)?.imports.map(({ target }) => target)).toContain(sdk);
  });
});

describe("the emulator is a stranger in the house", () => {
  test("it imports nothing of ours", () => {
    const isOurs = ({ target }: Import) => !isPackage(target) && !target.startsWith("server/emulator/");
    expect(forbidden(within("server/emulator/"), isOurs)).toEqual([]);
  });

  test("only the local entry and the tests start it", () => {
    const others = within("shared/", "server/", "client/").filter(
      ({ path }) => !path.startsWith("server/emulator/") && path !== "server/local.ts",
    );
    expect(forbidden(others, ({ target }) => target.startsWith("server/emulator/"))).toEqual([]);
  });

  test("the production entry cannot reach it, now or later", () => {
    const reached = [...reachableFrom(sources, "server/main.ts")];
    expect(reached).toContain("server/app/app.ts");
    expect(reached.filter((path) => path.startsWith("server/emulator/"))).toEqual([]);
    expect(reached.filter((path) => path === "server/local.ts")).toEqual([]);
  });

  test("no import is computed, so that the graph is the whole truth", () => {
    const computed = within("shared/", "server/", "client/").filter(
      ({ hasComputedImport }) => hasComputedImport,
    );
    expect(computed.map(({ path }) => path)).toEqual([]);
  });
});

/** From the ground up: a room imports only the rooms of the floors below its own. Imports of types count. */
const emulatorFloors: readonly (readonly string[])[] = [
  ["wire"],
  ["tenant"],
  ["domain"],
  ["webauthn"],
  ["api"],
  ["control", "page"],
  ["http"],
  [""],
];

describe("the rooms of the emulator", () => {
  const emulator = within("server/emulator/");
  const roomOf = (path: string) => /^server\/emulator\/(?:([^/]+)\/)?/.exec(path)?.[1] ?? "";
  const floorOf = (path: string) => emulatorFloors.findIndex((floor) => floor.includes(roomOf(path)));

  test("the emulator's rooms import only rooms of the floors below their own", () => {
    expect(emulator.filter(({ path }) => floorOf(path) === -1)).toEqual([]);
    const isUpwards = ({ target }: Import, { path }: SourceFile) =>
      !isPackage(target) && roomOf(target) !== roomOf(path) && floorOf(target) >= floorOf(path);
    expect(forbidden(emulator, isUpwards)).toEqual([]);
  });

  test("the server's files import each other in no circle, types included", () => {
    expect(circlesIn(within("server/"))).toEqual([]);
  });

  test("the emulator's folders have at most 16 files", () => {
    const counts = new Map<string, number>();
    for (const { path } of emulator) {
      const folder = path.slice(0, path.lastIndexOf("/"));
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > 16)).toEqual([]);
  });

  test("the server has no two files of one name, except for public faces", () => {
    const names = within("server/").map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
    const isTwice = (name: string, index: number) => name !== "index.ts" && names.indexOf(name) !== index;
    expect(names.filter(isTwice)).toEqual([]);
  });
});

describe("the rooms", () => {
  test("shared imports itself and the schema library", () => {
    const isForeign = ({ target }: Import) => !target.startsWith("shared/") && target !== "zod";
    expect(forbidden(within("shared/"), isForeign)).toEqual([]);
  });

  test.each(["shared/routes.ts", "shared/problem.ts"])("%s imports nothing", (path) => {
    const file = sources.find((source) => source.path === path);
    expect(file?.imports).toEqual([]);
  });

  test("the client imports the contract and itself", () => {
    const isForeign = ({ target }: Import) => !isPackage(target) && !/^(shared|client)\//.test(target);
    expect(forbidden(within("client/"), isForeign)).toEqual([]);
  });

  test("no validator reaches the browser: the client takes types from the contract", () => {
    const loaded = within("client/").flatMap(({ path }) => [...reachableFrom(sources, path)]);
    expect(loaded).toContain("shared/routes.ts");
    expect(loaded).not.toContain("zod");
  });

  test("the server imports nothing of the client", () => {
    expect(forbidden(within("server/"), ({ target }) => target.startsWith("client/"))).toEqual([]);
  });

  test("the product imports nothing of the tests", () => {
    const product = within("shared/", "server/", "client/");
    expect(forbidden(product, ({ target }) => target.startsWith("test/"))).toEqual([]);
  });

  test("the mountable router knows Authsignal by its port, not by its SDK", () => {
    const isSdk = ({ target }: Import) => target === "server/authsignal/sdk-gateway.ts";
    expect(forbidden(within("server/passkeys/"), isSdk)).toEqual([]);
  });

  test("only the storage knows the query layer, so that no table is named without our prefix", () => {
    const others = within("shared/", "server/", "client/").filter(
      ({ path }) => !path.startsWith("server/storage/"),
    );
    expect(forbidden(others, ({ target }) => target === "kysely")).toEqual([]);
  });

  test("the soft authenticator shares no code with the verifier", () => {
    const reached = reachableFrom(sources, "test/kit/navigator-credentials.ts");
    expect([...reached].filter((target) => target.startsWith("@simplewebauthn/"))).toEqual([]);
  });
});

test("the environment is read in one place, and by the emulator, which stands alone", () => {
  const readers = within("shared/", "server/", "client/").filter(({ readsEnvironment }) => readsEnvironment);
  const allowed = ["server/config/config.ts", "server/emulator/cli.ts", "server/emulator/index.ts"];
  expect(readers.map(({ path }) => path).filter((path) => !allowed.includes(path))).toEqual([]);
});

test(`no source file is longer than ${longestFile} lines without a reason`, () => {
  const read = within("shared/", "server/", "client/", "test/kit/").filter(
    ({ path }) => !path.endsWith(".test.ts"),
  );
  const long = read.filter(({ path, lineCount }) => lineCount > longestFile && !(path in longFiles));
  expect(long.map(({ path, lineCount }) => `${path}: ${lineCount}`)).toEqual([]);
});

describe("the reader of the graph", () => {
  test.each<[string, Import]>([
    [`import { a } from "./a.ts";`, { kind: "value", target: "server/a.ts" }],
    [`import "../shared/a.ts";`, { kind: "value", target: "shared/a.ts" }],
    [`import { type A, a } from "./a.ts";`, { kind: "value", target: "server/a.ts" }],
    [`import type { A } from "./a.ts";`, { kind: "type", target: "server/a.ts" }],
    [`import { type A } from "./a.ts";`, { kind: "type", target: "server/a.ts" }],
    [`export { a } from "./a.ts";`, { kind: "value", target: "server/a.ts" }],
    [`export * from "./a.ts";`, { kind: "value", target: "server/a.ts" }],
    [`type A = import("./a.ts").A;`, { kind: "type", target: "server/a.ts" }],
    [`const a = await import("zod");`, { kind: "dynamic", target: "zod" }],
  ])("understands %s", (text, found) => {
    expect(readSource("server/x.ts", text).imports).toEqual([found]);
  });

  test("notices the environment and computed imports", () => {
    expect(readSource("x.ts", "const a = process.env.A;").readsEnvironment).toBe(true);
    expect(readSource("x.ts", "const { env } = process;").readsEnvironment).toBe(true);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text under test
    expect(readSource("x.ts", "const a = await import(`./${b}.ts`);").hasComputedImport).toBe(true);
  });
});
