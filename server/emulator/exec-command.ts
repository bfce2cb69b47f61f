/** Runs a command while the emulator is up, with what its SDKs are configured with in the environment. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Emulator } from "./index.ts";
import type { EmulatorOptions } from "./wire/emulator-options.ts";

/** Resolves with the exit code of the command; 128 and the signal's number if a signal ended it. */
export function runCommand(
  [program = "", ...args]: readonly string[],
  emulator: Emulator,
  { tenants: [tenant] = [] }: EmulatorOptions,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(program, args, {
    stdio: "inherit",
    env: {
      ...environment,
      AUTHSIGNAL_TENANT_ID: tenant?.tenantId,
      AUTHSIGNAL_API_SECRET_KEY: tenant?.secrets[0],
      AUTHSIGNAL_API_URL: emulator.apiUrl,
      AUTHSIGNAL_EMULATOR_URL: emulator.url,
      ...withoutProxy(emulator, environment),
    },
  });
  // A terminal sends its signals to the command too; another program sends them here only.
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, pass);
  return new Promise<number>((resolve, reject) => {
    child.once("error", (error) =>
      reject(new Error(`${JSON.stringify(program)} cannot be run: ${error.message}.`, { cause: error })),
    );
    child.once("exit", (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  }).finally(() => {
    for (const one of ["SIGINT", "SIGTERM"] as const) process.off(one, pass);
  });
}

/** HTTP clients send requests to `localhost` through the proxy of the environment too, which cannot reach it. */
function withoutProxy({ url }: Emulator, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const hosts = ["localhost", "127.0.0.1", "::1", new URL(url).hostname];
  const excepted = environment.no_proxy ?? environment.NO_PROXY;
  const list = excepted === "*" ? "*" : [excepted, ...new Set(hosts)].filter(Boolean).join(",");
  return { no_proxy: list, NO_PROXY: list };
}
