/** Counts sent codes and tried codes against the published limits (protocol 1.7). */
import type { LimitWindow } from "../wire/emulator-options.ts";
import type { TenantSettings } from "../wire/tenant-settings.ts";
import type { VerificationMethod } from "../wire/wire.ts";
import type { Clock } from "./clock.ts";

interface Window {
  readonly times: number;
  readonly within: number;
}

const tenMinutes = 10 * 60_000;
const fiveMinutes = 5 * 60_000;

const sends: Partial<Record<VerificationMethod, Window>> = {
  EMAIL_OTP: { times: 12, within: tenMinutes },
  EMAIL_MAGIC_LINK: { times: 12, within: tenMinutes },
  SMS: { times: 6, within: tenMinutes },
  WHATSAPP: { times: 6, within: tenMinutes },
};
const tries: Window = { times: 10, within: fiveMinutes };

/** Counts by method and subject (an address, or a user for an authenticator app): the key is *inferred*. */
export interface Limits {
  /** Notes one send and says whether it is within the limit. */
  send(method: VerificationMethod, subject: string): boolean;
  /** Notes one try of a code and says whether it is within the limit. */
  verify(method: VerificationMethod, subject: string): boolean;
  dropExpired(now: number): void;
  clear(): void;
}

export function createLimits(settings: TenantSettings, clock: Clock): Limits {
  const taken = new Map<string, number[]>();

  const { limits } = settings;
  const own = typeof limits === "object" ? limits : {};
  const inMilliseconds = (
    limit: LimitWindow | undefined,
    documented: Window | undefined,
  ): Window | undefined =>
    limit === undefined ? documented : { times: limit.times, within: limit.withinMinutes * 60_000 };
  const triesWindow = inMilliseconds(own.tries, tries);
  const longest = Math.max(
    tenMinutes,
    ...[own.sends, own.tries].map((one) => (one?.withinMinutes ?? 0) * 60_000),
  );

  const take = (key: string, window: Window | undefined): boolean => {
    if (window === undefined || limits === "off") return true;
    const now = clock.now();
    // A test may have set the clock back: what was counted in its future does not count now.
    const recent = (taken.get(key) ?? []).filter((at) => at > now - window.within && at <= now);
    const allowed = recent.length < window.times;
    // A refused try does not count: after the window, the next try is allowed.
    if (allowed) recent.push(now);
    taken.set(key, recent);
    return allowed;
  };

  return {
    send: (method, subject) => take(`send ${method} ${subject}`, inMilliseconds(own.sends, sends[method])),
    verify: (method, subject) => take(`verify ${method} ${subject}`, triesWindow),
    dropExpired(now) {
      for (const [key, times] of taken) {
        if (times.every((at) => at <= now - longest || at > now)) taken.delete(key);
      }
    },
    clear: () => taken.clear(),
  };
}
