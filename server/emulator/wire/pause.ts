/** Waits in real time. */
import { setTimeout as delay } from "node:timers/promises";

/** Ends early, without an error, when the emulator closes. Does not keep the process alive. */
export async function pause(milliseconds: number, closing: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal: closing, ref: false }).catch((error: unknown) => {
    if (!closing.aborted) throw error;
  });
}
