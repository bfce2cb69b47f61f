/**
 * How many codes may be asked for and tried, and what one caller may have Authsignal do (requirements S12, S13, S16).
 * Signing in with a passkey is limited by nothing that others do elsewhere. Failures are charged, successes are not.
 */
import type { Request } from "express";
import { AppError } from "../../http/errors.ts";
import { sha256 } from "../../http/hash.ts";
import { networkKey, networkOf } from "../../http/network-address.ts";
import { Refusal } from "../ports/authsignal.ts";
import type { Limiter, LimitRule } from "../ports/limiter.ts";
import type { SendLimits } from "../ports/send-limits.ts";

export interface OtpLimits {
  /** Spends one send. @returns whether a mail may go out; false means: answer as usual, send nothing */
  spendSend(req: Request, email: string): Promise<boolean>;
  /** @throws AppError rate_limited while there were too many wrong codes */
  checkTry(req: Request, email: string): Promise<void>;
  chargeFailure(req: Request, email: string): Promise<void>;
  forgiveFailures(req: Request, email: string): Promise<void>;
}

export function createOtpLimits(limiter: (rule: LimitRule) => Limiter, limits: SendLimits): OtpLimits {
  const make = (name: keyof SendLimits): Limiter => limiter({ name, ...limits[name] });
  const sendsPerIp = make("sendsPerIp");
  const sendsPerPair = make("sendsPerPair");
  const sendsPerAddress = make("sendsPerAddress");
  const sendsInAll = make("sendsInAll");
  const failuresPerPair = make("failuresPerPair");
  const failuresPerIp = make("failuresPerIp");

  return {
    async spendSend(req, email) {
      // What the caller did is said openly; what others did to this address is not (S18).
      refuseFor(await sendsPerIp.spend(networkKey(req)));
      refuseFor(await sendsPerPair.spend(pairKey(req, email)));
      const isWithheld = (await sendsPerAddress.spend(sha256(email))) > 0;
      // What is withheld costs nothing, but is refused with the rest when the budget is spent: else it would stand out.
      const wait = await (isWithheld ? sendsInAll.blockedFor("all") : sendsInAll.spend("all"));
      if (wait > 0) {
        throw new AppError("upstream_unavailable", {
          detail: "The budget for sending codes is spent.",
          extras: { retryAfter: wait },
        });
      }
      return !isWithheld;
    },
    async checkTry(req, email) {
      refuseFor(await failuresPerIp.blockedFor(networkKey(req)));
      refuseFor(await failuresPerPair.blockedFor(pairKey(req, email)));
    },
    async chargeFailure(req, email) {
      await failuresPerIp.spend(networkKey(req));
      await failuresPerPair.spend(pairKey(req, email));
    },
    async forgiveFailures(req, email) {
      await failuresPerPair.reset(pairKey(req, email));
    },
  };
}

/**
 * Runs what may refuse a result token, and charges a refusal: to the signed-in person, or to a visitor's network.
 * @throws AppError rate_limited, without running it, while too many were refused
 */
export type TokenLimit = <Value>(
  req: Request,
  userId: string | null,
  run: () => Promise<Value>,
) => Promise<Value>;

export function createTokenLimit(limiter: (rule: LimitRule) => Limiter, limits: SendLimits): TokenLimit {
  const perIp = limiter({ name: "refusalsPerIp", ...limits.refusalsPerIp });
  const perUser = limiter({ name: "refusalsPerUser", ...limits.refusalsPerUser });
  return async (req, userId, run) => {
    const [refusals, key] = userId === null ? [perIp, networkKey(req)] : [perUser, userId];
    refuseFor(await refusals.blockedFor(key));
    return run().catch(async (error: unknown) => {
      if (isRefusal(error)) await refusals.spend(key);
      throw error;
    });
  };
}

/** Ours, or Authsignal's in one of the ways in which it may refuse a forged token. An outage is nobody's doing. */
function isRefusal(error: unknown): boolean {
  if (error instanceof Refusal) return true;
  return error instanceof AppError && (error.status === 401 || error.code === "rate_limited");
}

interface Limited {
  readonly storage: { readonly limiter: (rule: LimitRule) => Limiter };
  readonly limits: SendLimits;
}

/** @returns what spends one of this user's, or throws AppError rate_limited */
export function createUserLimit(
  { storage, limits }: Limited,
  name: "beginsPerUser" | "callsPerUser",
): (userId: string) => Promise<void> {
  const perUser = storage.limiter({ name, ...limits[name] });
  return async (userId) => refuseFor(await perUser.spend(userId));
}

function refuseFor(seconds: number): void {
  if (seconds > 0) throw new AppError("rate_limited", { extras: { retryAfter: seconds } });
}

function pairKey(req: Request, email: string): string {
  return sha256(`${networkOf(req)} ${email}`);
}
