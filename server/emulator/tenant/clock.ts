/** The emulator's clock, and the forms in which times travel. */
import { invalidRequest } from "../wire/wire-error.ts";

/** Milliseconds since the epoch. Every expiry, limit and timestamp uses this clock. */
export interface Clock {
  now(): number;
}

/** A clock that a test can freeze and move. It drives the emulator only: the app under test keeps its own time. */
export interface ControlledClock extends Clock {
  freeze(at?: number): void;
  /** Moves to a point in time; a running clock keeps running from there. */
  set(at: number): void;
  advance(milliseconds: number): void;
  /** Returns to the underlying clock: running, without an offset. */
  resume(): void;
  readonly frozen: boolean;
}

/** Later dates have another ISO 8601 form, and a little later a Date cannot hold them. */
const latest = Date.UTC(9999, 0);

export function createClock(underlying: () => number = Date.now): ControlledClock {
  let offset = 0;
  let frozenAt: number | undefined;

  const now = () => frozenAt ?? underlying() + offset;

  const move = (at: number) => {
    if (typeof at !== "number")
      throw invalidRequest("The clock takes milliseconds since 1970, such as Date.parse('2030-01-31').");
    if (!(at >= 0 && at <= latest)) throw invalidRequest("The clock takes times from the year 1970 to 9999.");
    if (frozenAt === undefined) offset = at - underlying();
    else frozenAt = at;
  };

  return {
    now,
    freeze(at = now()) {
      move(at);
      frozenAt = at;
    },
    set: move,
    advance(milliseconds) {
      // A text would be appended to the time.
      if (typeof milliseconds !== "number")
        throw invalidRequest("advance takes milliseconds, such as 60000.");
      move(now() + milliseconds);
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

export function optionalIso(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : toIso(milliseconds);
}

/** `expiresAt` travels as Unix seconds: some SDKs read it into 32 bits. */
export function toUnixSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
