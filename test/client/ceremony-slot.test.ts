/** One ceremony at a time: what ends an older one, and what an answer that comes too late may still do. */
import { describe, expect, test } from "vitest";
import type { CeremonyOutcome } from "../../client/passkeys/ceremony-outcome.ts";
import {
  createCeremonySlot,
  type OnAnswered,
  type StartedBy,
  twiceIfNeeded,
} from "../../client/passkeys/ceremony-slot.ts";

const done: CeremonyOutcome = { kind: "refused" };

/** Begins a ceremony that waits for its authenticator until the test answers for it. */
function begin(slot: ReturnType<typeof createCeremonySlot>, startedBy: StartedBy) {
  let told: OnAnswered = () => {};
  let finish: (outcome: CeremonyOutcome) => void = () => {};
  const heard: string[] = [];
  const outcome = slot.run(
    startedBy,
    () => void heard.push("answered"),
    ({ onAnswered }) => {
      told = onAnswered;
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
  );
  return { outcome, answer: () => told(), finish: () => finish(done), heard };
}

describe("an authenticator that answers after its ceremony was ended", () => {
  test("is not reported to the page, which would say that it signs in", async () => {
    const slot = createCeremonySlot();
    const { outcome, answer, heard } = begin(slot, "person");
    slot.end("person");
    answer();
    expect(await outcome).toEqual({ kind: "aborted" });
    expect(heard).toEqual([]);
  });

  test("does not take the slot from the ceremony that came after it", async () => {
    const slot = createCeremonySlot();
    const older = begin(slot, "autofill");
    const newer = begin(slot, "person");
    older.answer();
    expect(await older.outcome).toEqual({ kind: "aborted" });
    expect(older.heard).toEqual([]);
    expect(slot.isTakenBy("person")).toBe(true);
    slot.end("person");
    expect(await newer.outcome).toEqual({ kind: "aborted" });
  });
});

test("a ceremony whose authenticator has answered is not ended by a newer one, or by the person", async () => {
  const slot = createCeremonySlot();
  const first = begin(slot, "person");
  first.answer();
  expect(first.heard).toEqual(["answered"]);
  slot.end("person");
  const second = begin(slot, "person");
  first.finish();
  expect(await first.outcome).toBe(done);
  expect(slot.isTakenBy("person")).toBe(true);
  second.finish();
  expect(await second.outcome).toBe(done);
  expect(slot.isTakenBy("person")).toBe(false);
});

test("ending what one beginner began leaves the other's ceremony alone", async () => {
  const slot = createCeremonySlot();
  const { outcome, finish } = begin(slot, "autofill");
  slot.end("person");
  expect(slot.isTakenBy("autofill")).toBe(true);
  finish();
  expect(await outcome).toBe(done);
});

test("a ceremony that fails for a reason of its own is asked once more, and never a third time", async () => {
  const kinds: CeremonyOutcome["kind"][] = [];
  const outcome = await twiceIfNeeded(
    async () => ({ kind: "busy" }),
    ["busy"],
    () => void kinds.push("busy"),
  );
  expect(outcome).toEqual({ kind: "busy" });
  expect(kinds).toEqual(["busy"]);
});

test("the end of one part of a page does not end the ceremony of another part", async () => {
  const slot = createCeremonySlot();
  const [list, dialog] = [slot.part(), slot.part()];
  const running = dialog.run(
    () => {},
    () => new Promise(() => {}),
  );
  list.end();
  expect(slot.isTakenBy("person")).toBe(true);
  dialog.end();
  expect(await running).toEqual({ kind: "aborted" });
});
