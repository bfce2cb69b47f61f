/** What nothing else has caught, in a process of its own: a test's own process must not live on over it. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs statements after the last resort is in place. @returns its exit code and the events of its log */
async function run(statements: string): Promise<{ code: number | null; events: readonly string[] }> {
  const program = `
    import { catchTheRest } from "./server/app/last-resort.ts";
    import { createLogger } from "./server/http/log.ts";
    const log = createLogger({ write: (line) => void process.stdout.write(line) });
    catchTheRest(log, () => process.exit(1));
    ${statements}`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const lines = output.split("\n").filter((line) => line !== "");
  return { code, events: lines.map((line) => JSON.parse(line).event) };
}

test("An unhandled rejection is logged, and the process goes on", async () => {
  const { code, events } = await run(`
    void Promise.reject(new Error("nobody's"));
    setImmediate(() => setImmediate(() => log.info({ event: "alive" })));`);
  expect(events).toEqual(["process.unhandled_rejection", "alive"]);
  expect(code).toBe(0);
});

test("An error event without a listener is logged, and the process shuts down in order", async () => {
  const { code, events } = await run(`
    import { EventEmitter } from "node:events";
    setImmediate(() => new EventEmitter().emit("error", new Error("nobody's")));`);
  expect(events).toEqual(["process.uncaught_exception"]);
  expect(code).toBe(1);
});
