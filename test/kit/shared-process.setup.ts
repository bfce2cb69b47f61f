/**
 * For a Vitest project whose files share one process (`isolate: false`): a file that leaves the environment, a global
 * or a listener of the process changed fails itself, instead of making a later file fail.
 */
import { afterAll, expect, vi } from "vitest";

const globals = ["fetch", "Date", "setTimeout", "setInterval", "setImmediate", "crypto"];
const ofConsole = ["log", "info", "warn", "error", "debug"];
const ofProcess = ["exit", "kill", "emitWarning", "nextTick"];
const events = ["uncaughtException", "unhandledRejection", "warning", "exit", "SIGINT", "SIGTERM", "SIGHUP"];

const before = sharedState();

// The hooks of the file itself run before this one: Vitest runs `afterAll` in reverse order.
afterAll(async () => {
  const after = sharedState();
  vi.useRealTimers();
  const names = new Set([...before.keys(), ...after.keys()]);
  const changed = [...names].filter((name) => before.get(name) !== after.get(name));
  // Each instance of Authsignal's SDK that retries adds its interceptors to the one axios of the process. Imported here,
  // because axios decides on import whether it runs in a browser, and a jsdom suite has to be first.
  const { default: axios } = await import("axios");
  axios.interceptors.request.clear();
  axios.interceptors.response.clear();
  expect(changed, "This file leaves the process changed for the files after it").toEqual([]);
});

/** Functions are compared by identity. */
function sharedState(): ReadonlyMap<string, unknown> {
  const members = (owner: object, prefix: string, names: readonly string[]) =>
    names.map((name): [string, unknown] => [`${prefix}.${name}`, Reflect.get(owner, name)]);
  return new Map<string, unknown>([
    ...members(process.env, "process.env", Object.keys(process.env)),
    ...members(globalThis, "globalThis", globals),
    ...members(console, "console", ofConsole),
    ...members(process, "process", ofProcess),
    ...events.map((name): [string, unknown] => [`listeners of "${name}"`, process.listenerCount(name)]),
    ["working directory", process.cwd()],
    ["fake timers", vi.isFakeTimers()],
  ]);
}
