#!/usr/bin/env node
/** `npm run emulator`: runs the emulator alone, for another app or the test suite of another machine. */
import { readCommandLine, usage } from "./command-line.ts";
import { isLoopback } from "./control/caller.ts";
import { startEmulator } from "./index.ts";

async function main(): Promise<void> {
  const { options, seed, isHelp } = await readCommandLine(process.argv.slice(2), ({ to, code, link }) => {
    print(`Message to ${to}: ${code ?? link ?? ""}`);
  });
  if (isHelp) return print(usage);
  const emulator = await startEmulator(options);
  try {
    emulator.seed(seed);
  } catch (error) {
    await emulator.close();
    throw error;
  }
  print(
    `EMULATOR of Authsignal: ${emulator.url} (page), ${emulator.apiUrl} (API). It never contacts Authsignal.`,
  );
  if (options.host !== undefined && !isLoopback(options.host))
    print(`Listening on ${options.host}: everybody who can reach it can read every code.`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      emulator.close().catch(fail);
    });
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

// `… | head`: whatever reads our lines may stop reading.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
main().catch(fail);
