/** The manifest of a package: entries for `import`, for `require()` and for TypeScript of either kind, and peers. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entry, PackageDescription } from "./packages.ts";

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly engines: object;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** @returns the package.json of the package, with the repository's version and licence */
export async function packageManifest(repository: string, described: PackageDescription): Promise<object> {
  const root: Manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
  const { name, description, keywords, entries, peers, optionalPeers, hasClient } = described;
  const { copied, documents } = described;
  const { version, license, engines } = root;
  const main = entries["."];
  if (main === undefined) throw new Error(`${name} has no main entry.`);
  return {
    name,
    version,
    description,
    license,
    keywords,
    type: "module",
    // For TypeScript's node10 resolution, which does not read `exports`: the default of `module: commonjs`.
    main: `./dist/cjs/${main.commonJs}.js`,
    types: `./dist/cjs/${main.source}.d.ts`,
    typesVersions: { "*": typesOf(described) },
    exports: {
      ...Object.fromEntries(Object.entries(entries).map(([path, entry]) => [path, conditionsOf(entry)])),
      ...(hasClient ? clientExports : {}),
      "./package.json": "./package.json",
    },
    bin: Object.fromEntries(
      Object.entries(described.bins).map(([bin, source]) => [bin, `dist/esm/${source}.js`]),
    ),
    files: ["dist", ...new Set([...copied, ...documents].map((path) => path.replace(/\/.*/, "")))],
    engines,
    dependencies: Object.fromEntries(
      described.dependencies.map((dependency) => [dependency, versionOf(root, dependency)]),
    ),
    peerDependencies: { ...peers, ...optionalPeers },
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(optionalPeers).map((peer) => [peer, { optional: true }]),
    ),
  };
}

const clientExports = {
  "./client/styles/*": "./client/styles/*",
  "./client/icons/*": "./client/icons/*",
  "./client/*": { types: "./dist/esm/client/*.d.ts", default: "./dist/esm/client/*.js" },
};

function conditionsOf({ source, commonJs }: Entry): object {
  return {
    import: { types: `./dist/esm/${source}.d.ts`, default: `./dist/esm/${source}.js` },
    require: { types: `./dist/cjs/${source}.d.ts`, default: `./dist/cjs/${commonJs}.js` },
  };
}

function typesOf({ entries, hasClient }: PackageDescription): object {
  const named = Object.entries(entries).filter(([path]) => path !== ".");
  return {
    ...Object.fromEntries(named.map(([path, { source }]) => [path.slice(2), [`./dist/cjs/${source}.d.ts`]])),
    ...(hasClient ? { "client/*": ["./dist/esm/client/*.d.ts"] } : {}),
  };
}

function versionOf({ dependencies, devDependencies }: Manifest, name: string): string {
  const version = dependencies[name] ?? devDependencies[name];
  if (version === undefined) throw new Error(`The repository does not depend on ${name}.`);
  return version;
}
