/**
 * What one caller may have Authsignal do. Other people's requests elsewhere never limit a passkey sign-in. Failures are
 * charged, successes are not. One session cannot use up what its user may do in others (requirement S49): it may be a thief's.
 */
import type { Request } from "express";
import { AppError } from "../../http/errors.ts";
import { sha256 } from "../../http/hash.ts";
import { networkKey } from "../../http/network-address.ts";
import { Refusal } from "../ports/authsignal.ts";
import type { Limiter, LimitRule } from "../ports/limiter.ts";
import { sessionHash } from "../ports/occasion.ts";
import type { SendLimits } from "../ports/send-limits.ts";
import type { SignedIn } from "../ports/sessions.ts";

/**
 * Runs what may refuse a result token, and charges a refusal: to the signed-in person, or to a visitor's network.
 * @throws AppError rate_limited, without running it, while too many were refused
 */
export type TokenLimit = <Value>(
  req: Request,
  session: SignedIn | null,
  run: () => Promise<Value>,
) => Promise<Value>;

export function createTokenLimit(limited: Limited): TokenLimit {
  const perUser = createBudget(limited, "refusalsPerUser");
  const perIp = limited.storage.limiter({ name: "refusalsPerIp", ...limited.limits.refusalsPerIp });
  return async (req, session, run) => {
    const network = networkKey(req, limited.ipv6Prefix);
    refuseFor(await (session === null ? perIp.blockedFor(network) : perUser.blockedFor(session)));
    return run().catch(async (error: unknown) => {
      if (isRefusal(error)) await (session === null ? perIp.spend(network) : perUser.spend(session));
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

type UserLimited = Omit<Limited, "ipv6Prefix">;

/** @returns a function that counts one call of a user. It throws AppError rate_limited over the limit */
export function createUserLimit(
  limited: UserLimited,
  name: "beginsPerUser" | "callsPerUser",
): (session: SignedIn) => Promise<void> {
  const budget = createBudget(limited, name);
  return async (session) => refuseFor(await budget.spend(session));
}

/** The share of a user's budget that one session may spend. The rest is for the user's other sessions. */
const sessionShare = 0.8;

interface Budget {
  /** Both answer 0, or seconds to wait. */
  spend(session: SignedIn): Promise<number>;
  blockedFor(session: SignedIn): Promise<number>;
}

function createBudget(
  { storage, limits }: UserLimited,
  name: "beginsPerUser" | "callsPerUser" | "refusalsPerUser",
): Budget {
  const { points, seconds } = limits[name];
  const perUser = storage.limiter({ name, points, seconds });
  const perSession = storage.limiter({
    name: `${name}InSession`,
    points: Math.ceil(points * sessionShare),
    seconds,
  });
  return {
    async spend(session) {
      const sessionKey = sessionHash(session.id);
      const wait = await perSession.spend(sessionKey);
      if (wait > 0) return wait;
      const userWait = await perUser.spend(userKey(session));
      if (userWait > 0) await perSession.giveBack(sessionKey);
      return userWait;
    },
    async blockedFor(session) {
      const wait = await perSession.blockedFor(sessionHash(session.id));
      return wait > 0 ? wait : perUser.blockedFor(userKey(session));
    },
  };
}

/** Counters outlive what `forgetUser` deletes, so they do not name the user. */
export function countedUser(userId: string): string {
  return sha256(`user ${userId}`);
}

/** Limited sessions have a budget of their own: who reads the mailbox can begin as many of them as there are codes. */
function userKey({ userId, assurance }: SignedIn): string {
  return countedUser(assurance === "limited" ? `${userId} limited` : userId);
}

export function refuseFor(seconds: number): void {
  if (seconds > 0) throw new AppError("rate_limited", { extras: { retryAfter: seconds } });
}
