/** Packs once for every file of the consumers' suite. */
import type { TestProject } from "vitest/node";
import { type PackedPackage, packPackage } from "./project.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly packed: PackedPackage;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { packed, remove } = await packPackage();
  project.provide("packed", packed);
  return remove;
}
