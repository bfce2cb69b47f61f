#!/usr/bin/env node
/**
 * `npm run doctor`: what is wrong with this configuration, and where in the Authsignal portal to put it right.
 * `--read-only` makes no trial user; `--emulator` takes an emulator for the tenant; `--action transfer-funds`, once for
 * each, looks at a step-up action of your own.
 */
import { parseArgs } from "node:util";
import { reportAndExit } from "./app/serve.ts";
import { readEnvironment } from "./config/config.ts";
import { examine } from "./doctor/examine.ts";
import { report } from "./doctor/report.ts";

try {
  const { values } = parseArgs({
    options: {
      "read-only": { type: "boolean" },
      emulator: { type: "boolean" },
      action: { type: "string", multiple: true },
    },
  });
  const env = readEnvironment();
  const findings = await examine(env, {
    isReadOnly: values["read-only"] ?? false,
    isEmulated: values.emulator ?? false,
    stepUpActions: values.action ?? [],
  });
  const { text, exitCode } = report(findings, env.AUTHSIGNAL_API_SECRET_KEY);
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCode;
} catch (error) {
  reportAndExit(error);
}
