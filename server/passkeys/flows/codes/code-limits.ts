/** How many codes may be asked for and tried (requirements S12, S13, S16, S48, S49). */
import type { Request, Response } from "express";
import { AppError } from "../../../http/errors.ts";
import { sha256 } from "../../../http/hash.ts";
import { networkKey, networkOf } from "../../../http/network-address.ts";
import { mailboxKey, mailboxOf } from "../../ports/email-address.ts";
import type { KnownBrowsers } from "../../ports/known-browsers.ts";
import type { Limiter, LimitRule } from "../../ports/limiter.ts";
import type { Limit, SendLimits } from "../../ports/send-limits.ts";
import { refuseFor } from "../rate-limits.ts";

/**
 * `send`: a mail may go out. `withhold`: answer as usual, and send nothing. `ignore`: like `withhold`, without an event,
 * because too many were withheld.
 */
export type SendVerdict = "send" | "withhold" | "ignore";

export interface Tries {
  readonly most: number;
  /** 0: nothing limits the tries but the code itself. */
  readonly retryAfter: number;
}

export interface SpentSend {
  readonly verdict: SendVerdict;
  /** For a send that did not happen: an outage must not use up a person's codes. The network address stays charged. */
  giveBack(): Promise<void>;
}

export interface CodeLimits {
  /** Spends one send. @throws AppError rate_limited for what the caller did, upstream_unavailable for the budget */
  spendSend(req: Request, email: string): Promise<SpentSend>;
  /**
   * How many tries a code has from this network address, and how many seconds to wait once they are used up.
   * @param most tries of a code where nothing has happened
   * @throws AppError rate_limited while this network address has tried too many wrong codes for this e-mail address
   */
  triesOf(req: Request, email: string, most: number): Promise<Tries>;
  chargeFailure(req: Request, email: string): Promise<void>;
  /** A right code: forgives the wrong ones before, and makes this browser and network known for the address. */
  complete(req: Request, res: Response, email: string): Promise<void>;
}

/**
 * The share of the budget for an address, and of the whole budget, that unknown browsers and networks may spend. The rest
 * is for those that have completed a code.
 */
const strangersShare = 0.8;
/** Tries of a code from a network address with too many wrong codes: those may be of other people. */
const triesInTrouble = 2;
/** How long a network address stays known. */
const knownSeconds = 30 * 24 * 60 * 60;
/** One point that a right code spends: while it is spent, the network is known. It refuses nothing. */
export const completedCodes: LimitRule = { name: "completedCodes", points: 1, seconds: knownSeconds };

interface Needs {
  readonly storage: { readonly limiter: (rule: LimitRule) => Limiter };
  readonly limits: SendLimits;
  readonly ipv6Prefix: number;
  readonly knownBrowsers: KnownBrowsers;
}

export function createCodeLimits({ storage, limits, ipv6Prefix, knownBrowsers }: Needs): CodeLimits {
  const make = (name: keyof SendLimits): Limiter => storage.limiter({ name, ...limits[name] });
  const sendsPerIp = make("sendsPerIp");
  const sendsPerPair = make("sendsPerPair");
  const strangerSendsPerPair = make("strangerSendsPerPair");
  const sendsPerAddress = make("sendsPerAddress");
  const sendsInAll = make("sendsInAll");
  const withheldInAll = make("withheldInAll");
  const failuresPerPair = make("failuresPerPair");
  const failuresPerIp = make("failuresPerIp");
  const strangersPerAddress = storage.limiter({
    name: "strangersPerAddress",
    ...shareOf(limits.sendsPerAddress),
  });
  const strangersInAll = storage.limiter({ name: "strangersInAll", ...shareOf(limits.sendsInAll) });
  const completed = storage.limiter(completedCodes);

  const ipOf = (req: Request): string => networkKey(req, ipv6Prefix);
  const pairOf = (req: Request, email: string): string =>
    sha256(`${networkOf(req, ipv6Prefix)} ${mailboxOf(email)}`);

  async function isStranger(req: Request, email: string): Promise<boolean> {
    if ((await completed.blockedFor(pairOf(req, email))) > 0) return false;
    return (await knownBrowsers.knowsMailbox?.(req, mailboxKey(email))) !== true;
  }

  return {
    async spendSend(req, email) {
      const strange = await isStranger(req, email);
      const { spend, giveBack } = createPurse();
      // What a stranger spends comes out of the strangers' share and out of the whole.
      const whole = (share: Limiter, all: Limiter) => (strange ? [share, all] : [all]);
      // What the caller did is said openly; what others did to this address is not (S18).
      refuseFor(await sendsPerIp.spend(ipOf(req)));
      refuseFor(await spend(whole(strangerSendsPerPair, sendsPerPair), pairOf(req, email)));
      const isWithheld = (await spend(whole(strangersPerAddress, sendsPerAddress), mailboxKey(email))) > 0;
      // A withheld request spends no budget. With the budget spent it is refused like the others, so that it looks the same.
      const budget = strange ? strangersInAll : null;
      const wait = isWithheld
        ? Math.max((await budget?.blockedFor("all")) ?? 0, await sendsInAll.blockedFor("all"))
        : await spend(whole(strangersInAll, sendsInAll), "all");
      if (wait > 0) {
        await giveBack();
        throw new AppError("upstream_unavailable", {
          detail: "The budget for sending codes is spent.",
          extras: { retryAfter: wait },
        });
      }
      if (!isWithheld) return { verdict: "send", giveBack };
      return { verdict: (await spend([withheldInAll], "all")) > 0 ? "ignore" : "withhold", giveBack };
    },
    async triesOf(req, email, most) {
      refuseFor(await failuresPerPair.blockedFor(pairOf(req, email)));
      const retryAfter = await failuresPerIp.blockedFor(ipOf(req));
      return { most: retryAfter > 0 ? Math.min(triesInTrouble, most) : most, retryAfter };
    },
    async chargeFailure(req, email) {
      await failuresPerIp.spend(ipOf(req));
      await failuresPerPair.spend(pairOf(req, email));
    },
    async complete(req, res, email) {
      const pair = pairOf(req, email);
      await failuresPerPair.reset(pair);
      const knownFor = await completed.spend(pair);
      // Spent before, and for less than the whole time from now on.
      if (knownFor > 0 && knownFor < knownSeconds) {
        await completed.reset(pair);
        await completed.spend(pair);
      }
      await knownBrowsers.rememberMailbox?.(req, res, mailboxKey(email));
    },
  };
}

/** Remembers which points a request has spent, so that they can be given back. */
function createPurse() {
  let spent: (() => Promise<void>)[] = [];
  async function giveBack(): Promise<void> {
    const points = spent;
    spent = [];
    for (const giveOneBack of points) await giveOneBack();
  }
  /** A point of each limit, or of none of them. @returns 0 or seconds to wait */
  async function spend(limiters: readonly Limiter[], key: string): Promise<number> {
    const before = spent.length;
    for (const limiter of limiters) {
      const wait = await limiter.spend(key);
      if (wait > 0) {
        for (const giveOneBack of spent.splice(before)) await giveOneBack();
        return wait;
      }
      spent.push(() => limiter.giveBack(key));
    }
    return 0;
  }
  return { spend, giveBack };
}

function shareOf({ points, seconds }: Limit): Limit {
  return { points: Math.ceil(points * strangersShare), seconds };
}
