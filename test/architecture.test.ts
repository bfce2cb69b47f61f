/**
 * The house rules that the compiler cannot enforce. A room is a folder with the folders in it that are not rooms
 * themselves. Imports of types count like any other: a circle through types is a circle.
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
const product = within("shared/", "server/", "client/");

/**
 * From the ground up. A room may import the rooms of the floors below its own; rooms on one floor do not know each
 * other.
 */
const houses: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "the server": [
    ["shared"],
    ["server/http"],
    ["server/relying-party"],
    ["server/passkeys/ports"],
    // The flows, and what implements the ports: each knows the ports alone.
    [
      "server/passkeys/flows",
      "server/authsignal",
      "server/sessions",
      "server/storage",
      "server/notices",
      "server/config",
    ],
    ["server/passkeys", "server/doctor"],
    ["server/app"],
    ["server"],
  ],
  "the client": [
    ["shared"],
    // Not `api`: in development the page and the API share an origin, and /api is the API.
    ["client/http"],
    // What others copy: no words and nothing of this app.
    ["client/passkeys"],
    ["client/dom"],
    ["client/words", "client/pieces"],
    // The views, and app/, which puts them together.
    ["client"],
  ],
  "the emulator": [
    ["server/emulator/wire"],
    ["server/emulator/tenant", "server/emulator/authenticator"],
    ["server/emulator/domain"],
    ["server/emulator/webauthn"],
    ["server/emulator/api"],
    ["server/emulator/control", "server/emulator/page"],
    ["server/emulator/http"],
    ["server/emulator"],
  ],
};
const rooms = [...new Set(Object.values(houses).flat(2))];
/** Rooms that hold more, and why they may. */
const largeRooms: Readonly<Record<string, string>> = {
  "client/passkeys": "one folder to copy whole: it imports nothing from outside",
};
const largestRoom = 16;

/** Files longer than the house keeps them, and why they may be. */
const longFiles: Readonly<Record<string, string>> = {
  "server/emulator/api/client-api.ts": "a register: one row for each operation of the Client API",
  "server/emulator/api/server-api.ts": "a register: one row for each operation of the Server API",
};
const longestFile = 250;

function within(...folders: readonly string[]): readonly SourceFile[] {
  return sources.filter(({ path }) => folders.some((folder) => path.startsWith(folder)));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function isPackage(target: string): boolean {
  return !/^(shared|server|client|test)\//.test(target);
}

/** The room of a path: the one with the longest name that its folder begins with. */
function roomOf(path: string): string {
  const around = rooms.filter((room) => `${folderOf(path)}/`.startsWith(`${room}/`));
  return around.toSorted((a, b) => b.length - a.length)[0] ?? `no room for ${path}`;
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

describe("the rooms", () => {
  test.each(Object.keys(houses))(
    "the rooms of %s import only rooms of the floors below their own",
    (house) => {
      const floors = houses[house] ?? [];
      const floorOf = (path: string) => floors.findIndex((floor) => floor.includes(roomOf(path)));
      const files = product.filter(({ path }) => floorOf(path) !== -1);
      expect(files.length).toBeGreaterThan(20);
      const isUpwards = ({ target }: Import, { path }: SourceFile) =>
        !isPackage(target) &&
        roomOf(target) !== roomOf(path) &&
        (floorOf(target) === -1 || floorOf(target) >= floorOf(path));
      const isTheSeam = (arrow: string) => arrow === "server/local.ts → server/emulator/index.ts";
      expect(forbidden(files, isUpwards).filter((arrow) => !isTheSeam(arrow))).toEqual([]);
    },
  );

  test("the rooms hold every file of the product", () => {
    expect(product.map(({ path }) => roomOf(path)).filter((room) => room.startsWith("no room"))).toEqual([]);
  });

  test(`the rooms have at most ${largestRoom} files in a folder`, () => {
    const counts = new Map<string, number>();
    for (const { path } of product) counts.set(folderOf(path), (counts.get(folderOf(path)) ?? 0) + 1);
    const large = [...counts].filter(([folder, count]) => count > largestRoom && !(folder in largeRooms));
    expect(large).toEqual([]);
  });

  test("the rooms import each other in no circle, types included", () => {
    expect(circlesIn(product)).toEqual([]);
  });

  test.each(["server/", "client/"])("the rooms of %s have no two files of one name", (house) => {
    // Each language has the same files; a public face is called index.ts.
    const files = within(house).filter(
      ({ path }) => !path.includes("/languages/") && !path.endsWith("/index.ts"),
    );
    const names = files.map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe("the doors to the outside", () => {
  test.each([
    ["@authsignal/node", "server/authsignal/sdk-gateway.ts"],
    ["@authsignal/browser", "client/passkeys/ceremony.ts"],
  ])("%s is imported by %s alone", (sdk, importer) => {
    const others = product.filter(({ path }) => path !== importer);
    expect(forbidden(others, ({ target }) => target === sdk)).toEqual([]);
    expect(sources.find(({ path }) => path === importer)?.imports.map(({ target }) => target)).toContain(sdk);
  });

  test("the production entry cannot reach the emulator, now or later", () => {
    const reached = [...reachableFrom(sources, "server/main.ts")];
    expect(reached).toContain("server/app/app.ts");
    expect(reached.filter((path) => path.startsWith("server/emulator/"))).toEqual([]);
    expect(reached).not.toContain("server/local.ts");
  });

  test("no validator reaches the browser: the client takes types from the contract", () => {
    const loaded = within("client/").flatMap(({ path }) => [...reachableFrom(sources, path)]);
    expect(loaded).toContain("shared/routes.ts");
    expect(loaded).not.toContain("zod");
  });

  test("the soft authenticator shares no code with the verifier", () => {
    const reached = reachableFrom(sources, "test/kit/navigator-credentials.ts");
    expect([...reached].filter((target) => target.startsWith("@simplewebauthn/"))).toEqual([]);
  });

  test("the folder of passkey code imports nothing but the SDK, types included, so that it can be copied alone", () => {
    const files = sources.filter(({ path }) => roomOf(path) === "client/passkeys");
    expect(files.length).toBeGreaterThan(10);
    const isOutside = ({ target }: Import) => !target.startsWith("client/passkeys/");
    expect(forbidden(files, isOutside)).toEqual(["client/passkeys/ceremony.ts → @authsignal/browser"]);
  });

  test("the environment is read in one place, and by the emulator's own entries", () => {
    const readers = product.filter(({ readsEnvironment }) => readsEnvironment).map(({ path }) => path);
    const allowed = [
      "server/config/config.ts",
      "server/emulator/cli.ts",
      "server/emulator/index.ts",
      // Only to explain a fault: the SDK's HTTP client reads these variables itself.
      "server/authsignal/proxy-variables.ts",
    ];
    expect(readers.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  test("no import is computed, so that the graph of imports is complete", () => {
    expect(product.filter(({ hasComputedImport }) => hasComputedImport).map(({ path }) => path)).toEqual([]);
  });
});

test(`no source file is longer than ${longestFile} lines without a reason`, () => {
  const read = [...product, ...within("test/kit/")].filter(({ path }) => !path.endsWith(".test.ts"));
  const long = read.filter(({ path, lineCount }) => lineCount > longestFile && !(path in longFiles));
  expect(long.map(({ path, lineCount }) => `${path}: ${lineCount}`)).toEqual([]);
});

describe("the reader of imports", () => {
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
  ])("the reader of imports understands %s", (text, found) => {
    expect(readSource("server/x.ts", text).imports).toEqual([found]);
  });

  test("the reader of imports notices the environment and computed imports", () => {
    expect(readSource("x.ts", "const a = process.env.A;").readsEnvironment).toBe(true);
    expect(readSource("x.ts", "const { env } = process;").readsEnvironment).toBe(true);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text under test
    expect(readSource("x.ts", "const a = await import(`./${b}.ts`);").hasComputedImport).toBe(true);
  });

  test("the reader of imports finds a circle, through types too", () => {
    const files = [
      readSource("server/a.ts", `import type { B } from "./b.ts";`),
      readSource("server/b.ts", `import { c } from "./c.ts";`),
      readSource("server/c.ts", `import { a } from "./a.ts";`),
      readSource("server/d.ts", `import { a } from "./a.ts";`),
    ];
    expect(circlesIn(files)).toEqual([["server/a.ts", "server/b.ts", "server/c.ts"]]);
  });
});
