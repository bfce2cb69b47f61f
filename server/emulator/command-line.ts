/** Reads the command line into options, a seed and what to do with them. */
import { parseArgs } from "node:util";
import type { Seed } from "./control/seed-shape.ts";
import { readEnvironment } from "./environment.ts";
import { readJsonFile, readSeedFile } from "./seed-file.ts";
import {
  defaultTenant,
  type EmulatorOptions,
  type OutboundMessage,
  type TenantOptions,
} from "./wire/emulator-options.ts";
import { emulatorShape } from "./wire/option-shapes.ts";
import { isoTime } from "./wire/shape.ts";
import { tenantSettings } from "./wire/tenant-settings.ts";

export const usage = `Usage: authsignal-emulator [options]
       authsignal-emulator exec [options] -- <command> [arguments]

exec starts the emulator, runs the command with AUTHSIGNAL_TENANT_ID, AUTHSIGNAL_API_SECRET_KEY, AUTHSIGNAL_API_URL and
AUTHSIGNAL_EMULATOR_URL in its environment, stops the emulator and exits with the command's code.

  --port <number>        default 3001; with exec a free one
  --host <address>       interface to listen on; default both loopback addresses, any other exposes the emulator
  --allow-host <name>    host name that requests to the page and the control plane may use (repeatable)
  --public-url <url>     where browsers and servers reach the emulator; default http://localhost:PORT
  --config <file>        JSON file of options, as for startEmulator; the options of the line come first
  --tenant-id <id>       default ${defaultTenant.tenantId}
  --secret <key>         API secret key (repeatable); default ${defaultTenant.secret}
  --rp-id <domain>       default localhost
  --rp-name <name>       default: the RP ID
  --origin <origin>      expected origin (repeatable); default http://localhost on any port
  --data <file>          SQLite file that keeps the state; default :memory:
  --seed <file>          JSON file of users, passkeys, fixed codes and actions to start with
  --watch                resets to the seed whenever its file changes
  --schema <what>        prints the JSON Schema of a seed or of a config file
  --clock <time>         where the emulator's clock begins, for example 2030-01-31T12:00:00Z; default now
  --random-seed <text>   makes ids, codes and probabilistic faults repeatable
  --webhook <url>        receives signed events
  --smtp <url>           also delivers e-mail to this server, for instance smtp://localhost:1025
  --json                 prints one line of JSON when it is ready, and nothing else
  --quiet                prints neither codes nor refused requests
  --version              prints the version
  --help                 prints this text

Each option is also an environment variable: --rp-id is AUTHSIGNAL_EMULATOR_RP_ID. Lists are separated by commas there.
`;

const flags = {
  port: { type: "string" },
  host: { type: "string" },
  "allow-host": { type: "string", multiple: true },
  "public-url": { type: "string" },
  config: { type: "string" },
  "tenant-id": { type: "string" },
  secret: { type: "string", multiple: true },
  "rp-id": { type: "string" },
  "rp-name": { type: "string" },
  origin: { type: "string", multiple: true },
  data: { type: "string" },
  seed: { type: "string" },
  watch: { type: "boolean" },
  schema: { type: "string" },
  clock: { type: "string" },
  "random-seed": { type: "string" },
  webhook: { type: "string" },
  smtp: { type: "string" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
  version: { type: "boolean" },
  help: { type: "boolean" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof flags }>>["values"];

export interface CommandLine {
  readonly options: EmulatorOptions;
  readonly seed: Seed;
  /** Named in an error about the seed. */
  readonly seedFile: string | undefined;
  /** Where the clock begins, ISO 8601. */
  readonly clock: string | undefined;
  readonly shows: "help" | "version" | "json" | "text" | "seed schema" | "config schema";
  /** Whether the seed is put back whenever its file changes. */
  readonly watches: boolean;
  readonly isQuiet: boolean;
  /** What to run while the emulator is up. */
  readonly command: readonly string[] | undefined;
}

/** Throws an error whose message says which argument is wrong. */
export async function readCommandLine(
  args: readonly string[],
  print: (message: OutboundMessage) => void,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<CommandLine> {
  const isExec = args[0] === "exec";
  const end = args.indexOf("--");
  const own = args.slice(isExec ? 1 : 0, isExec && end !== -1 ? end : args.length);
  const command = isExec && end !== -1 ? args.slice(end + 1) : [];
  const values: Values = { ...readEnvironment(flags, environment), ...readFlags(own) };
  const shows = shownBy(values);
  const isHelp = shows !== "json" && shows !== "text";
  if (isExec && !isHelp && command.length === 0)
    throw new Error("exec needs a command after --, for example: authsignal-emulator exec -- npm test");
  if (values.clock !== undefined) isoTime.check(values.clock, "--clock");
  const isQuiet = values.quiet === true || values.json === true;
  return {
    options: {
      ...(await readOptions(values, isExec)),
      ...(isQuiet ? {} : { onMessage: print }),
    },
    seed: values.seed === undefined || isHelp ? {} : await readSeedFile(values.seed),
    seedFile: values.seed,
    clock: values.clock,
    shows,
    watches: values.watch === true,
    isQuiet,
    command: isExec ? command : undefined,
  };
}

function shownBy({ help, version, json, schema, watch, seed }: Values): CommandLine["shows"] {
  if (watch === true && seed === undefined) throw new Error("--watch needs --seed: it watches that file.");
  if (help === true) return "help";
  if (version === true) return "version";
  if (schema === "seed" || schema === "config") return `${schema} schema`;
  if (schema !== undefined)
    throw new Error(`--schema must be seed or config, not ${JSON.stringify(schema)}.`);
  return json === true ? "json" : "text";
}

/** By hand, because the messages of parseArgs name neither the known options nor what to write. */
function readFlags(args: readonly string[]): Values {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional")
      throw new Error(`${JSON.stringify(token.value)} is not an option. See --help.`);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    if (!isFlag(name)) {
      const known = Object.keys(flags).map((one) => `--${one}`);
      throw new Error(`${rawName} is not an option. Known: ${known.join(", ")}.`);
    }
    const takesValue = flags[name].type === "string";
    if (takesValue && (value === undefined || (value.startsWith("--") && token.inlineValue !== true)))
      throw new Error(`--${name} needs a value. See --help.`);
    if (!takesValue && value !== undefined) throw new Error(`--${name} takes no value.`);
    if (
      takesValue &&
      !("multiple" in flags[name]) &&
      tokens.filter((one) => one.kind === "option" && one.name === name).length > 1
    )
      throw new Error(`--${name} is given twice.`);
  }
  return values as Values;
}

function isFlag(name: string): name is keyof typeof flags {
  return Object.hasOwn(flags, name);
}

async function readOptions(values: Values, isExec: boolean): Promise<EmulatorOptions> {
  const { $schema: _ofEditors, ...config }: EmulatorOptions & { readonly $schema?: string } =
    values.config === undefined
      ? {}
      : await readJsonFile(
          values.config,
          'a configuration: it must hold a JSON object such as {"tenants": []}',
        );
  const tenants = namingFile(values.config, () => {
    emulatorShape.check(config, "");
    const all = tenantsIn(values, config);
    if (values.config !== undefined) all.forEach(tenantSettings);
    return all;
  });
  const { host, smtp, data } = values;
  return {
    ...config,
    port: values.port === undefined ? (config.port ?? (isExec ? 0 : 3001)) : portIn(values.port),
    tenants,
    ...(host === undefined ? {} : { host }),
    ...(values["allow-host"] === undefined ? {} : { allowedHosts: values["allow-host"] }),
    ...(values["public-url"] === undefined ? {} : { publicUrl: values["public-url"] }),
    ...(data === undefined ? {} : { data }),
    ...(smtp === undefined ? {} : { smtp }),
    ...(values["random-seed"] === undefined ? {} : { seed: values["random-seed"] }),
  };
}

/** An error of `read` names the file, if there is one. */
function namingFile<T>(file: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (file === undefined || !(error instanceof Error)) throw error;
    throw new Error(`${file}: ${error.message}`, { cause: error });
  }
}

function portIn(text: string): number {
  const port = Number(text);
  if (text.trim() !== "" && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--port must be a number from 0 to 65535, not ${JSON.stringify(text)}.`);
}

/** The options of the line change the first tenant of the configuration, or the default tenant. */
function tenantsIn(values: Values, config: EmulatorOptions): readonly TenantOptions[] {
  const [first, ...others] = config.tenants ?? [];
  const rpId = values["rp-id"] ?? first?.rpId ?? "localhost";
  const hasOrigins = (values.origin ?? first?.expectedOrigins ?? first?.anyLocalhostPort) !== undefined;
  if (!hasOrigins && rpId !== "localhost")
    throw new Error(`The RP ID ${rpId} needs --origin, a page of that domain such as https://${rpId}.`);
  const tenant: TenantOptions = {
    tenantId: defaultTenant.tenantId,
    secrets: [defaultTenant.secret],
    rpId: "localhost",
    expectedOrigins: [],
    // Without origins, every page of this machine.
    ...(hasOrigins ? {} : { anyLocalhostPort: true }),
    ...first,
    ...(values["tenant-id"] === undefined ? {} : { tenantId: values["tenant-id"] }),
    ...(values.secret === undefined ? {} : { secrets: values.secret }),
    ...(values["rp-id"] === undefined ? {} : { rpId: values["rp-id"] }),
    ...(values["rp-name"] === undefined ? {} : { rpName: values["rp-name"] }),
    ...(values.origin === undefined ? {} : { expectedOrigins: values.origin }),
    ...(values.webhook === undefined ? {} : { webhook: { url: values.webhook } }),
  };
  return [tenant, ...others];
}
