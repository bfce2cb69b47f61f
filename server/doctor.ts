#!/usr/bin/env node
/**
 * `npm run doctor`: checks this configuration against Authsignal, and says where in the portal to fix what is wrong.
 * `--read-only` creates no trial user; `--emulator` accepts an emulator; `--action transfer-funds`, which may be repeated,
 * checks a step-up action of your own too.
 */
import { parseArgs } from "node:util";
import { reportAndExit } from "./app/serve.ts";
import { readEnvironment } from "./config/config.ts";
import { report } from "./doctor/report.ts";
import { runChecks } from "./doctor/run-checks.ts";

try {
  const { values } = parseArgs({
    options: {
      "read-only": { type: "boolean" },
      emulator: { type: "boolean" },
      action: { type: "string", multiple: true },
    },
  });
  const env = readEnvironment();
  const results = await runChecks(env, {
    isReadOnly: values["read-only"] ?? false,
    isEmulated: values.emulator ?? false,
    stepUpActions: values.action ?? [],
  });
  const { text, exitCode } = report(results, env.AUTHSIGNAL_API_SECRET_KEY);
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCode;
} catch (error) {
  reportAndExit(error);
}
