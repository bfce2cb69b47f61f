/**
 * needs:    a document.
 * does:     runs `renew` now and every `every` milliseconds; when a tab with stale data becomes visible or the network
 *           returns; and with growing pauses after a failure.
 * must not: renew in a hidden tab, or run twice at the same time.
 */
export interface Renewal {
  /** Renews after a pause, even if the data is still fresh. A pause asked for during a renewal begins at its end. */
  soon(milliseconds: number): void;
}

export interface RenewalOptions {
  /** False: failed, try again later. Must not reject. */
  renew(): Promise<boolean>;
  readonly every: number;
  readonly signal: AbortSignal;
}

const firstPause = 1_000;
const longestPause = 60_000;

/** 1 s, 2 s, 4 s … one minute. */
export function pauseAfter(failures: number): number {
  return Math.min(longestPause, firstPause * 2 ** Math.max(0, failures - 1));
}

export function keepRenewed({ renew, every, signal }: RenewalOptions): Renewal {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let failures = 0;
  let dueAt = 0;
  let askedDuringRun = Number.POSITIVE_INFINITY;

  function schedule(milliseconds: number): void {
    clearTimeout(timer);
    if (signal.aborted) return;
    dueAt = Date.now() + milliseconds;
    timer = setTimeout(run, milliseconds);
  }

  async function run(): Promise<void> {
    if (signal.aborted || isRunning || document.visibilityState === "hidden") return;
    isRunning = true;
    askedDuringRun = Number.POSITIVE_INFINITY;
    const renewed = await renew();
    isRunning = false;
    failures = renewed ? 0 : failures + 1;
    schedule(Math.min(renewed ? every : pauseAfter(failures), askedDuringRun));
  }

  function soon(milliseconds: number): void {
    if (isRunning) askedDuringRun = Math.min(askedDuringRun, milliseconds);
    else schedule(milliseconds);
  }

  function onReturn(): void {
    if (Date.now() >= dueAt) void run();
  }

  function onOnline(): void {
    if (failures > 0) void run();
  }

  document.addEventListener("visibilitychange", onReturn, { signal });
  window.addEventListener("online", onOnline, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  void run();

  return { soon };
}
