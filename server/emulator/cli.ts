#!/usr/bin/env node
/** `authsignal-emulator`: runs the emulator alone, for another app or around a command such as a test suite. */
import { type CommandLine, readCommandLine, usage } from "./command-line.ts";
import { isLoopback } from "./control/caller.ts";
import { seedShape } from "./control/seed-shape.ts";
import { runCommand } from "./exec-command.ts";
import { type Emulator, type OutboundMessage, startEmulator } from "./index.ts";
import { watchSeedFile } from "./seed-file.ts";
import { describeRefusal, schemaText, startLines, startRecord, version } from "./start-lines.ts";
import { emulatorShape } from "./wire/option-shapes.ts";

async function main(): Promise<void> {
  const showMessage = ({ to, code, link }: OutboundMessage) =>
    print(`Message to ${to}: ${code ?? link ?? ""}`);
  // biome-ignore lint/style/noProcessEnv: containers set options there.
  const line = await readCommandLine(process.argv.slice(2), showMessage, process.env);
  if (line.shows === "help") return print(usage);
  if (line.shows === "version") return print(version());
  if (line.shows === "seed schema") return print(schemaText("Seed", seedShape));
  if (line.shows === "config schema") return print(schemaText("Configuration", emulatorShape));
  // The standard output of exec is the command's.
  if (line.command !== undefined) print = printError;
  const emulator = await start(line);
  const stopWatching = watching(line, emulator);
  if (line.shows === "json") print(JSON.stringify(startRecord(emulator, line.options)));
  else for (const text of startLines(emulator, line.options)) print(text);
  const { host } = line.options;
  if (host !== undefined && !isLoopback(host) && line.shows !== "json")
    print(`Listening on ${host}: everybody who can reach it can read every code.`);
  if (line.command !== undefined) {
    try {
      // biome-ignore lint/style/noProcessEnv: the command runs in this process's environment.
      process.exitCode = await runCommand(line.command, emulator, line.options, process.env);
    } finally {
      // Also if the command cannot be run: an emulator that goes on would hold the job until its time is up.
      stopWatching();
      await emulator.close();
    }
    return;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stopWatching();
      emulator.close().catch(fail);
    });
  }
}

function watching({ watches, seedFile, shows }: CommandLine, emulator: Emulator): () => void {
  if (!watches || seedFile === undefined) return () => {};
  return watchSeedFile(seedFile, emulator, shows === "json" ? printError : (text) => print(text));
}

async function start({ options, seed, seedFile, clock, isQuiet }: CommandLine): Promise<Emulator> {
  const emulator = await startEmulator({
    ...options,
    ...(isQuiet ? {} : { onRefusal: (refusal) => print(describeRefusal(refusal)) }),
  });
  try {
    if (clock !== undefined) emulator.clock.set(Date.parse(clock));
    emulator.seedOnReset(seed);
    return emulator;
  } catch (error) {
    await emulator.close();
    throw error instanceof Error && seedFile !== undefined
      ? new Error(`${seedFile}: ${error.message}`, { cause: error })
      : error;
  }
}

let print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

function printError(text: string): void {
  process.stderr.write(`${text}\n`);
}

function fail(error: unknown): void {
  printError(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

// `… | head`: whatever reads our lines may stop reading.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
main().catch(fail);
