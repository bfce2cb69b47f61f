/** The manifest of the package: entries for `import`, for `require()` and for TypeScript of either kind, and peers. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export const packageName = "authsignal-passkeys-express";

/** Each entry by its source, and what the CommonJS build of vite.config.ts calls it. */
const entries: Readonly<Record<string, { readonly source: string; readonly commonJs: string }>> = {
  ".": { source: "server/index", commonJs: "index" },
  "./testing": { source: "test/kit/index", commonJs: "testing" },
  "./emulator": { source: "server/emulator/index", commonJs: "emulator" },
  "./contract": { source: "shared/contract", commonJs: "contract" },
  "./contract/routes": { source: "shared/routes", commonJs: "routes" },
  "./contract/problem": { source: "shared/problem", commonJs: "problem" },
  "./contract/actions": { source: "shared/actions", commonJs: "actions" },
};

export const bins: Readonly<Record<string, string>> = {
  "authsignal-doctor": "dist/esm/server/doctor.js",
  "authsignal-emulator": "dist/esm/server/emulator/cli.js",
  "authsignal-passkeys": "dist/esm/server/command.js",
};

/** What every host needs. The versions are the repository's. */
const dependencies = [
  "@authsignal/node",
  "@simplewebauthn/server",
  "@types/express-session",
  "cockatiel",
  "compression",
  "cookie",
  "cookie-signature",
  "express-session",
  "helmet",
  "ipaddr.js",
  "jose",
  "kysely",
  "nodemailer",
  "otpauth",
  "pino",
  "rate-limiter-flexible",
  "tldts",
  "ua-parser-js",
  "zod",
];

/** The host's own Express. */
const peers = { express: "^4.21.0 || ^5.0.0" };

/** Each only for those who use it; `loadOptional` says so where one is missing. */
const optionalPeers = {
  "@authsignal/browser": "^1.16.0",
  "@types/express": ">=4.17",
  "connect-redis": "^9.0.0",
  libsql: "^0.5.0",
  "nid-webauthn-emulator": "0.2.11",
  pg: "^8.11.0",
  "prom-client": "^15.0.0",
  redis: ">=5",
  supertest: ">=7",
};

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly engines: object;
  readonly dependencies: Readonly<Record<string, string>>;
}

export async function packageManifest(repository: string): Promise<object> {
  const root: Manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
  const { version, description, license, keywords, engines } = root;
  return {
    name: packageName,
    version,
    description,
    license,
    keywords,
    type: "module",
    // For TypeScript's node10 resolution, which does not read `exports`: the default of `module: commonjs`.
    main: "./dist/cjs/index.js",
    types: "./dist/cjs/server/index.d.ts",
    typesVersions: { "*": typesOfEntries() },
    exports: {
      ...Object.fromEntries(Object.keys(entries).map((entry) => [entry, conditionsOf(entry)])),
      "./client/styles/*": "./client/styles/*",
      "./client/icons/*": "./client/icons/*",
      "./client/*": { types: "./dist/esm/client/*.d.ts", default: "./dist/esm/client/*.js" },
      "./package.json": "./package.json",
    },
    bin: bins,
    files: ["dist", "client", "shared", "server", "test", "CHANGELOG.md"],
    engines,
    dependencies: Object.fromEntries(dependencies.map((name) => [name, versionOf(root, name)])),
    peerDependencies: { ...peers, ...optionalPeers },
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(optionalPeers).map((name) => [name, { optional: true }]),
    ),
  };
}

function conditionsOf(entry: string): object {
  const { source, commonJs } = entries[entry] ?? { source: "", commonJs: "" };
  return {
    import: { types: `./dist/esm/${source}.d.ts`, default: `./dist/esm/${source}.js` },
    require: { types: `./dist/cjs/${source}.d.ts`, default: `./dist/cjs/${commonJs}.js` },
  };
}

function typesOfEntries(): object {
  const named = Object.entries(entries).filter(([entry]) => entry !== ".");
  return {
    ...Object.fromEntries(
      named.map(([entry, { source }]) => [entry.slice(2), [`./dist/cjs/${source}.d.ts`]]),
    ),
    "client/*": ["./dist/esm/client/*.d.ts"],
  };
}

function versionOf({ dependencies: versions }: Manifest, name: string): string {
  const version = versions[name];
  if (version === undefined) throw new Error(`The repository does not depend on ${name}.`);
  return version;
}
