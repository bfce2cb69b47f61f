/** Packs once for every file of the consumers' suite. */
import type { TestProject } from "vitest/node";
import { type PackedPackages, packPackages } from "./project.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly packed: PackedPackages;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { packed, remove } = await packPackages();
  project.provide("packed", packed);
  return remove;
}
