/** Reads the file of `--seed`, and seeds again when it changes. */
import { watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type Seed, seedShape } from "./control/seed-shape.ts";
import type { Emulator } from "./index.ts";
import { isJsonObject } from "./wire/input.ts";

/** Throws a sentence that names the file. */
export async function readSeedFile(file: string): Promise<Seed> {
  const seed = await readJsonFile<Seed>(file, example);
  try {
    seedShape.check(seed, "");
  } catch (error) {
    throw error instanceof Error ? new Error(`${file}: ${error.message}`, { cause: error }) : error;
  }
  return seed;
}

const example = 'a seed: it must hold a JSON object such as {"users": []}';

/** @param what completes the sentence "FILE is not …" */
export async function readJsonFile<T extends object>(file: string, what: string): Promise<T> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : ""}.`, {
      cause: error,
    });
  });
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value as T;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const isYaml = /\.ya?ml$/i.test(file);
  const remedy = isYaml ? ` Convert YAML first: npx js-yaml ${file} > seed.json` : "";
  throw new Error(`${file} is not ${what}.${remedy}`);
}

/** Milliseconds: an editor writes a file in several steps. */
const writing = 50;

/**
 * Resets the emulator to the file's seed whenever it changes. An invalid file changes nothing.
 * @param print is told what was done, or what is wrong
 * @returns what stops watching
 */
export function watchSeedFile(file: string, emulator: Emulator, print: (text: string) => void): () => void {
  const seedAgain = async () => {
    // Applied and kept first, so that an invalid seed leaves everything as it is.
    emulator.seedOnReset(await readSeedFile(file));
    emulator.reset();
    print(`Reset, and seeded from ${file}.`);
  };
  let timer: NodeJS.Timeout | undefined;
  // The folder, because many editors put another file in the place of the old one.
  const watcher = watch(dirname(resolve(file)), (_event, name) => {
    if (name !== basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      seedAgain().catch((error: unknown) => print(error instanceof Error ? error.message : String(error)));
    }, writing);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
