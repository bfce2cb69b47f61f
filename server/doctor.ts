#!/usr/bin/env node
/** `npm run doctor`: checks this configuration against Authsignal, and says where in the portal to fix what is wrong. */
import { parseArgs } from "node:util";
import { reportAndExit } from "./app/start-error.ts";
import { ConfigError, readEnvironment } from "./config/config.ts";
import { readEnvFile } from "./config/env-file.ts";
import { report } from "./doctor/report.ts";
import { type CheckOptions, runChecks } from "./doctor/run-checks.ts";
import { parseUrl } from "./relying-party/addresses.ts";

const usage = `Usage: authsignal-doctor [options]

Checks AUTHSIGNAL_TENANT_ID, AUTHSIGNAL_API_SECRET_KEY, AUTHSIGNAL_API_URL, ORIGIN and RP_ID, of the environment or of a
file .env in this folder, against Authsignal. Prints no secret. Exits with 1 when a check fails.

  --env <path>           reads this file of variables in the place of .env
  --read-only            creates no trial user, so it does not check expected origins and actions
  --action <code>        checks a step-up action of your own too (repeatable)
  --app-url <url>        where your app mounts the router, such as https://api.example.com/auth;
                         default: /api, /auth, /api/auth or /passkeys on ORIGIN
  --webhook-url <url>    checks whether Authsignal's webhooks are received where your app mounts createWebhookRouter
  --emulator             accepts an emulator's address and secret, and asks nothing outside
  --production-entry     checks what dist/server/main.js reads too: SESSION_SECRET, TRUST_PROXY
  --help                 prints this text
`;

try {
  const { values } = parseArgs({
    options: {
      "read-only": { type: "boolean", default: false },
      emulator: { type: "boolean", default: false },
      "production-entry": { type: "boolean", default: false },
      action: { type: "string", multiple: true, default: [] },
      "app-url": { type: "string" },
      // Not `env-file`: Node 20 takes that for itself, also behind the script.
      env: { type: "string" },
      "webhook-url": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) process.stdout.write(usage);
  else
    await examine(values.env, {
      isReadOnly: values["read-only"],
      isEmulated: values.emulator,
      isProductionEntry: values["production-entry"],
      stepUpActions: values.action,
      appUrl: values["app-url"] === undefined ? null : readAppUrl(values["app-url"]),
      webhookUrl: values["webhook-url"] === undefined ? null : readWebhookUrl(values["webhook-url"]),
    });
} catch (error) {
  reportAndExit(error);
}

async function examine(envFile: string | undefined, options: CheckOptions): Promise<void> {
  const read = readEnvFile(envFile);
  if (read !== null)
    process.stdout.write(`Reads ${read} too. A variable of the environment counts before it.\n\n`);
  const env = readEnvironment();
  const { text, exitCode } = report(await runChecks(env, options), env.AUTHSIGNAL_API_SECRET_KEY);
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCode;
}

function readAppUrl(text: string): string {
  const url = text.replace(/\/+$/, "");
  if (/^https?:/.test(url) && parseUrl(url) !== null) return url;
  throw new ConfigError([
    "--app-url must be where your app mounts the router, such as https://api.example.com/auth.",
  ]);
}

function readWebhookUrl(text: string): string {
  if (/^https?:/.test(text) && parseUrl(text) !== null) return text;
  throw new ConfigError([
    "--webhook-url must be where your app mounts createWebhookRouter, such as https://app.example.com/authsignal/webhooks.",
  ]);
}
