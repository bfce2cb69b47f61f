/**
 * How many codes may be asked for and tried, and what one caller may have Authsignal do (requirements S12, S13, S16).
 * Signing in with a passkey is limited by nothing that others do elsewhere. Failures are charged, successes are not.
 */
import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import type { Request } from "express";
import { AppError } from "../../http/errors.ts";
import type { Limiter, LimitRule } from "../../storage/limiters.ts";
import { Refusal } from "../ports/authsignal.ts";

export interface Limit {
  readonly points: number;
  readonly seconds: number;
}

export interface SendLimits {
  /** Codes from one network address. Over it: 429. Default 30 in 15 minutes. */
  readonly sendsPerIp: Limit;
  /** Codes from one network address to one e-mail address. Over it: 429. Default 5 in 15 minutes. */
  readonly sendsPerPair: Limit;
  /**
   * Codes to one e-mail address, from anywhere. Over it: the usual answer and no mail. Default 20 in 24 hours: with
   * 5 tries each, a hundred guesses at an account.
   */
  readonly sendsPerAddress: Limit;
  /** Codes in all: caps the bill and the damage of a botnet. Over it: 503. Default 1000 in an hour. */
  readonly sendsInAll: Limit;
  /** Wrong codes from one network address for one e-mail address, over all its codes. Over it: 429. Default 10 in 15 minutes. */
  readonly failuresPerPair: Limit;
  /** Wrong codes from one network address. Over it: 429. Default 50 in 15 minutes. */
  readonly failuresPerIp: Limit;
  /**
   * Result tokens refused from one network address without a session. Over it: 429. Each costs a call to Authsignal
   * and a row of the audit trail, so strangers must not have them for nothing. Default 300 in 15 minutes.
   */
  readonly refusalsPerIp: Limit;
  /** Result tokens of one signed-in person that were refused, from wherever. Over it: 429. Default 300 in 15 minutes. */
  readonly refusalsPerUser: Limit;
  /** Enrollments and step-ups that one person begins. Over it: 429. Default 60 in 15 minutes. */
  readonly beginsPerUser: Limit;
  /**
   * What else one signed-in person does that asks Authsignal: the list, a name, a deletion, a guarded route without a
   * proof. Over it: 429. Authsignal's patience is one for all. Default 600 in 15 minutes.
   */
  readonly callsPerUser: Limit;
}

const quarterHour = 15 * 60;

export const defaultLimits: SendLimits = {
  sendsPerIp: { points: 30, seconds: quarterHour },
  sendsPerPair: { points: 5, seconds: quarterHour },
  sendsPerAddress: { points: 20, seconds: 24 * 60 * 60 },
  sendsInAll: { points: 1000, seconds: 60 * 60 },
  failuresPerPair: { points: 10, seconds: quarterHour },
  failuresPerIp: { points: 50, seconds: quarterHour },
  refusalsPerIp: { points: 300, seconds: quarterHour },
  refusalsPerUser: { points: 300, seconds: quarterHour },
  beginsPerUser: { points: 60, seconds: quarterHour },
  callsPerUser: { points: 600, seconds: quarterHour },
};

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
      refuseFor(await sendsPerIp.spend(ipKey(req)));
      refuseFor(await sendsPerPair.spend(pairKey(req, email)));
      const isWithheld = (await sendsPerAddress.spend(hashed(email))) > 0;
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
      refuseFor(await failuresPerIp.blockedFor(ipKey(req)));
      refuseFor(await failuresPerPair.blockedFor(pairKey(req, email)));
    },
    async chargeFailure(req, email) {
      await failuresPerIp.spend(ipKey(req));
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
    const [refusals, key] = userId === null ? [perIp, ipKey(req)] : [perUser, userId];
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

/** @returns what spends one request of this network address, or throws AppError rate_limited */
export function createRequestLimit(limiter: Limiter): (req: Request) => Promise<void> {
  return async (req) => refuseFor(await limiter.spend(ipKey(req)));
}

function refuseFor(seconds: number): void {
  if (seconds > 0) throw new AppError("rate_limited", { extras: { retryAfter: seconds } });
}

function pairKey(req: Request, email: string): string {
  return hashed(`${networkOf(req)} ${email}`);
}

function ipKey(req: Request): string {
  return hashed(networkOf(req));
}

/** Short enough for any table, and no list of addresses in it. */
function hashed(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** One person's IPv6 network is a /64: counting single addresses of it would count nothing. */
function networkOf(req: Request): string {
  const ip = req.ip ?? "unknown";
  const mapped = ip.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!isIPv6(mapped)) return mapped;
  // WHATWG URLs write an IPv6 address in its one canonical form.
  const canonical = new URL(`http://[${mapped.split("%")[0]}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const groups = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  return `${[...groups, ...Array<string>(missing).fill("0"), ...(tail ?? "").split(":")].slice(0, 4).join(":")}::/64`;
}
