/** Reads the command line into options and a seed. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Seed } from "./control/seed-shape.ts";
import {
  defaultTenant,
  type EmulatorOptions,
  type OutboundMessage,
  type TenantOptions,
} from "./wire/emulator-options.ts";
import { isJsonObject } from "./wire/input.ts";

export const usage = `Usage: npm run emulator -- [options]

  --port <number>        default 3001
  --host <address>       interface to listen on; default 127.0.0.1, any other exposes the emulator
  --allow-host <name>    host name that requests to the page and the control plane may use (repeatable)
  --public-url <url>     where browsers and servers reach the emulator; default http://localhost:PORT
  --tenant-id <id>       default 00000000-0000-4000-8000-000000000001
  --secret <key>         API secret key (repeatable)
  --rp-id <domain>       default localhost
  --rp-name <name>       default: the RP ID
  --origin <origin>      expected origin (repeatable); default http://localhost:3000
  --data <file>          SQLite file that keeps the state; default :memory:
  --seed <file>          JSON file of users, passkeys and fixed codes to start with
  --random-seed <text>   makes ids, codes and probabilistic faults repeatable
  --webhook <url>        receives signed events
  --smtp <url>           also delivers e-mail to this server, for instance smtp://localhost:1025
  --quiet                does not print codes
  --help                 prints this text
`;

export interface CommandLine {
  readonly options: EmulatorOptions;
  readonly seed: Seed;
  readonly isHelp: boolean;
}

/** Throws an error whose message says which argument is wrong. */
export async function readCommandLine(
  args: readonly string[],
  print: (message: OutboundMessage) => void,
): Promise<CommandLine> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: "3001" },
      host: { type: "string" },
      "allow-host": { type: "string", multiple: true },
      "public-url": { type: "string" },
      "tenant-id": { type: "string", default: defaultTenant.tenantId },
      secret: { type: "string", multiple: true, default: [defaultTenant.secret] },
      "rp-id": { type: "string", default: "localhost" },
      "rp-name": { type: "string" },
      origin: { type: "string", multiple: true, default: ["http://localhost:3000"] },
      data: { type: "string" },
      seed: { type: "string" },
      "random-seed": { type: "string" },
      webhook: { type: "string" },
      smtp: { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error("--port must be a number from 0 to 65535.");
  const tenant: TenantOptions = {
    tenantId: values["tenant-id"],
    secrets: values.secret,
    rpId: values["rp-id"],
    ...(values["rp-name"] === undefined ? {} : { rpName: values["rp-name"] }),
    expectedOrigins: values.origin,
    ...(values.webhook === undefined ? {} : { webhook: { url: values.webhook } }),
  };
  return {
    options: {
      port,
      tenants: [tenant],
      ...(values.host === undefined ? {} : { host: values.host }),
      ...(values["allow-host"] === undefined ? {} : { allowedHosts: values["allow-host"] }),
      ...(values["public-url"] === undefined ? {} : { publicUrl: values["public-url"] }),
      ...(values.data === undefined ? {} : { data: values.data }),
      ...(values.smtp === undefined ? {} : { smtp: values.smtp }),
      ...(values["random-seed"] === undefined ? {} : { seed: values["random-seed"] }),
      ...(values.quiet ? {} : { onMessage: print }),
    },
    seed: values.seed === undefined ? {} : await readSeed(values.seed),
    isHelp: values.help,
  };
}

async function readSeed(file: string): Promise<Seed> {
  const text = await readFile(file, "utf8");
  try {
    const seed: unknown = JSON.parse(text);
    // Its members are checked when it is applied.
    if (isJsonObject(seed)) return seed;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(`${file} is not a seed: it must hold a JSON object such as {"users": []}.`);
}
