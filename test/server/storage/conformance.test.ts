/** Our own storage keeps what the kit asks of a host's; and the kit notices one that does not. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FlowStore } from "../../../server/passkeys/ports/flow-store.ts";
import { storagePromises } from "../../kit/storage-conformance.ts";
import { openTestStorage } from "../../kit/test-storage.ts";

const storage = await openTestStorage(() => new Date());
afterAll(() => storage.close());

describe("the storage of this package keeps the promise that", () => {
  test.each(storagePromises(storage))("$name", ({ run }) => run());
});

describe("a storage that breaks a promise is found out:", () => {
  const grants: Parameters<FlowStore["keepGrant"]>[] = [];
  const faults: [string, Partial<FlowStore>][] = [
    ["every token is accepted", { consumeToken: async () => true }],
    ["tries are not counted", { countOtpAttempt: async () => 1 }],
    ["nothing begun is kept", { takeBegun: async () => null }],
    [
      "grants are read and not deleted",
      {
        keepGrant: async (...grant) => void grants.push(grant),
        takeGrant: async ({ sessionId }) => grants.some(([grant]) => grant.sessionId === sessionId),
      },
    ],
    ["every authenticator is new", { noteAuthenticators: async (_, ids) => new Set(ids) }],
    ["a passkey is claimed by all", { claimPasskey: async () => true }],
  ];
  let found: readonly (readonly string[])[];
  beforeAll(async () => {
    found = await Promise.all(faults.map(([, fault]) => brokenPromises({ ...storage.flows, ...fault })));
  });

  async function brokenPromises(flows: FlowStore): Promise<readonly string[]> {
    const outcomes = await Promise.allSettled(storagePromises({ ...storage, flows }).map(({ run }) => run()));
    return outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.name] : []));
  }

  test.each(faults.map(([name], at) => [name, at] as const))("%s", (_, at) => {
    expect(found[at]).toContain("AssertionError");
  });
});
