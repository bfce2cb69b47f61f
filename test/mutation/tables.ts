/** All tables in one list. */
import { assuranceMutations } from "./assurance-mutations.ts";
import { clientMutations } from "./client-mutations.ts";
import { emulatorMutations } from "./emulator-mutations.ts";
import { flowMutations } from "./flow-mutations.ts";
import { type Mutation, resolvePath } from "./mutation.ts";
import { serverMutations } from "./server-mutations.ts";
import { sessionMutations } from "./session-mutations.ts";
import { storageMutations } from "./storage-mutations.ts";
import { upkeepMutations } from "./upkeep-mutations.ts";

export const allMutations: readonly Mutation[] = [
  ...assuranceMutations,
  ...clientMutations,
  ...emulatorMutations,
  ...serverMutations,
  ...sessionMutations,
  ...storageMutations,
  ...flowMutations,
  ...upkeepMutations,
];

export interface Placed extends Mutation {
  readonly path: string;
  readonly testPaths: readonly string[];
}

/** @throws StaleMutation where a file of the entry is not there any more, or its name means two */
export function place(mutation: Mutation, tracked: readonly string[]): Placed {
  const sources = tracked.filter((path) => !path.startsWith("test/"));
  const suites = tracked.filter((path) => path.endsWith(".test.ts"));
  return {
    ...mutation,
    path: resolvePath(mutation.file, sources),
    testPaths: mutation.tests.map((name) => resolvePath(name, suites)),
  };
}
