/** Milliseconds since the epoch, as the emulator sees them. Every expiry, limit and timestamp asks this and nothing else. */
export interface Clock {
  now(): number;
}

/** A clock that a test can hold. It drives the emulator only: the app under test keeps its own time. */
export interface ControlledClock extends Clock {
  freeze(at?: number): void;
  /** Moves to a point in time; a running clock keeps running from there. */
  set(at: number): void;
  advance(milliseconds: number): void;
  /** Back to the underlying clock: running, no offset. */
  resume(): void;
  readonly frozen: boolean;
}

export function createClock(underlying: () => number = Date.now): ControlledClock {
  let offset = 0;
  let frozenAt: number | undefined;

  const now = () => frozenAt ?? underlying() + offset;

  return {
    now,
    freeze(at = now()) {
      frozenAt = at;
    },
    set(at) {
      if (frozenAt === undefined) offset = at - underlying();
      else frozenAt = at;
    },
    advance(milliseconds) {
      if (frozenAt === undefined) offset += milliseconds;
      else frozenAt += milliseconds;
    },
    resume() {
      offset = 0;
      frozenAt = undefined;
    },
    get frozen() {
      return frozenAt !== undefined;
    },
  };
}

export function toIso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** `expiresAt` travels as Unix seconds: some SDKs read it into 32 bits. */
export function toUnixSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
