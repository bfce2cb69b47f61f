/**
 * What one caller may have Authsignal do. Other people's requests elsewhere never limit a passkey sign-in. Failures are
 * charged, successes are not.
 */
import type { Request } from "express";
import { AppError } from "../../http/errors.ts";
import { networkKey } from "../../http/network-address.ts";
import { Refusal } from "../ports/authsignal.ts";
import type { Limiter, LimitRule } from "../ports/limiter.ts";
import type { SendLimits } from "../ports/send-limits.ts";

/**
 * Runs what may refuse a result token, and charges a refusal: to the signed-in person, or to a visitor's network.
 * @throws AppError rate_limited, without running it, while too many were refused
 */
export type TokenLimit = <Value>(
  req: Request,
  userId: string | null,
  run: () => Promise<Value>,
) => Promise<Value>;

export function createTokenLimit({ storage, limits, ipv6Prefix }: Limited): TokenLimit {
  const { limiter } = storage;
  const perIp = limiter({ name: "refusalsPerIp", ...limits.refusalsPerIp });
  const perUser = limiter({ name: "refusalsPerUser", ...limits.refusalsPerUser });
  return async (req, userId, run) => {
    const [refusals, key] = userId === null ? [perIp, networkKey(req, ipv6Prefix)] : [perUser, userId];
    refuseFor(await refusals.blockedFor(key));
    return run().catch(async (error: unknown) => {
      if (isRefusal(error)) await refusals.spend(key);
      throw error;
    });
  };
}

/** A refusal by this server, or by Authsignal in one of the ways in which it may refuse a forged token. An outage does not count. */
function isRefusal(error: unknown): boolean {
  if (error instanceof Refusal) return true;
  return error instanceof AppError && (error.status === 401 || error.code === "rate_limited");
}

interface Limited {
  readonly storage: { readonly limiter: (rule: LimitRule) => Limiter };
  readonly limits: SendLimits;
  readonly ipv6Prefix: number;
}

/** @returns a function that counts one call of a user. It throws AppError rate_limited over the limit */
export function createUserLimit(
  { storage, limits }: Omit<Limited, "ipv6Prefix">,
  name: "beginsPerUser" | "callsPerUser",
): (userId: string) => Promise<void> {
  const perUser = storage.limiter({ name, ...limits[name] });
  return async (userId) => refuseFor(await perUser.spend(userId));
}

export function refuseFor(seconds: number): void {
  if (seconds > 0) throw new AppError("rate_limited", { extras: { retryAfter: seconds } });
}
