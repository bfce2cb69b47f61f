/** What the two packages of this repository hold, and what each needs. */

/** An entry by its source, and what the CommonJS build of vite.config.ts calls it. */
export interface Entry {
  readonly source: string;
  readonly commonJs: string;
}

export interface PackageDescription {
  readonly name: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly entries: Readonly<Record<string, Entry>>;
  /** Commands, by the source of each. */
  readonly bins: Readonly<Record<string, string>>;
  /** The repository's package.json has the versions. */
  readonly dependencies: readonly string[];
  readonly peers: Readonly<Record<string, string>>;
  /**
   * Each only for those who use it; an error says so where one is missing. Hosts have most of them for themselves, in any
   * version, and npm would refuse the whole installation for another range than `*`.
   */
  readonly optionalPeers: Readonly<Record<string, string>>;
  /** Whether the client modules, their sources and styles are in it. */
  readonly hasClient: boolean;
  /** Files and folders that are copied as they are. README.md is `readmes/<name>.md`. */
  readonly copied: readonly string[];
  /** Guides that are copied, without links to what the package lacks. */
  readonly documents: readonly string[];
}

export const routerPackage: PackageDescription = {
  name: "authsignal-passkeys-express",
  description:
    "Passkeys for an existing Express REST API, through Authsignal: router, client modules, doctor.",
  keywords: ["passkeys", "webauthn", "express", "authsignal"],
  entries: {
    ".": { source: "server/index", commonJs: "index" },
    "./contract": { source: "shared/contract", commonJs: "contract" },
    "./contract/routes": { source: "shared/routes", commonJs: "routes" },
    "./contract/problem": { source: "shared/problem", commonJs: "problem" },
    "./contract/actions": { source: "shared/actions", commonJs: "actions" },
  },
  bins: { "authsignal-doctor": "server/doctor", "authsignal-passkeys": "server/command" },
  dependencies: [
    "@authsignal/node",
    "cockatiel",
    "cookie",
    "cookie-signature",
    "express-session",
    "helmet",
    "ipaddr.js",
    "kysely",
    "rate-limiter-flexible",
    "tldts",
    "zod",
  ],
  // The host's own Express.
  peers: { express: "^4.21.0 || ^5.0.0" },
  optionalPeers: {
    "@authsignal/browser": "^1.16.0",
    "@opentelemetry/api": "*",
    "@types/express": "*",
    "@types/express-session": "*",
    libsql: "*",
    nodemailer: "*",
    pg: "*",
    "prom-client": "*",
    redis: "*",
  },
  hasClient: true,
  copied: ["client", "shared", "CHANGELOG.md", "LICENSE"],
  documents: [
    "server/DEPLOYING.md",
    "server/authsignal/README.md",
    "server/passkeys/ADDING.md",
    "server/passkeys/BESIDE-PASSWORDS.md",
    "server/passkeys/ERRORS.md",
    "server/passkeys/FITTING-IN.md",
    "server/passkeys/JWT.md",
    "server/passkeys/MOVING.md",
    "server/passkeys/NESTJS.md",
    "server/passkeys/README.md",
  ],
};

export const emulatorPackage: PackageDescription = {
  name: "authsignal-emulator",
  description: "Authsignal's API on your machine, which really verifies, and a kit to test passkeys with it.",
  keywords: ["authsignal", "emulator", "passkeys", "webauthn", "testing"],
  entries: {
    ".": { source: "server/emulator/index", commonJs: "index" },
    "./testing": { source: "test/kit/index", commonJs: "testing" },
  },
  bins: { "authsignal-emulator": "server/emulator/cli" },
  dependencies: [
    "@simplewebauthn/server",
    "jose",
    "nid-webauthn-emulator",
    "nodemailer",
    "otpauth",
    "ua-parser-js",
    "zod",
  ],
  peers: {},
  optionalPeers: {
    "@types/express": "*",
    "@types/supertest": "*",
    "authsignal-passkeys-express": "^0.1.0",
    express: "^4.21.0 || ^5.0.0",
    libsql: "*",
    pg: "*",
    supertest: "*",
  },
  hasClient: false,
  copied: ["CHANGELOG.md", "LICENSE"],
  documents: [
    "server/emulator/README.md",
    "server/emulator/OWN-APP.md",
    "test/kit/FRAMEWORKS.md",
    "test/kit/README.md",
    "test/kit/RUNNERS.md",
  ],
};

export const packages = [routerPackage, emulatorPackage];

/** Every command of both packages. */
export const bins: Readonly<Record<string, string>> = { ...routerPackage.bins, ...emulatorPackage.bins };
