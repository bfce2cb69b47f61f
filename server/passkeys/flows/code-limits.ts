/** How many codes may be asked for and tried (requirements S12, S13, S16, S48, S49). */
import type { Request, Response } from "express";
import { AppError } from "../../http/errors.ts";
import { sha256 } from "../../http/hash.ts";
import { networkKey, networkOf } from "../../http/network-address.ts";
import { mailboxKey, mailboxOf } from "../ports/email-address.ts";
import type { KnownBrowsers } from "../ports/known-browsers.ts";
import type { Limiter, LimitRule } from "../ports/limiter.ts";
import type { Limit, SendLimits } from "../ports/send-limits.ts";
import { refuseFor } from "./rate-limits.ts";

/**
 * `send`: a mail may go out. `withhold`: answer as usual, and send nothing. `ignore`: the same, and so many were withheld
 * that this one is not recorded either.
 */
export type SendVerdict = "send" | "withhold" | "ignore";

export interface Tries {
  readonly most: number;
  /** 0: nothing limits the tries but the code itself. */
  readonly retryAfter: number;
}

export interface CodeLimits {
  /** Spends one send. @throws AppError rate_limited for what the caller did, upstream_unavailable for the budget */
  spendSend(req: Request, email: string): Promise<SendVerdict>;
  /**
   * How many tries a code has from here, and how many seconds to wait after those.
   * @param most tries of a code where nothing has happened
   * @throws AppError rate_limited while this network address has tried too many wrong codes for this e-mail address
   */
  triesOf(req: Request, email: string, most: number): Promise<Tries>;
  chargeFailure(req: Request, email: string): Promise<void>;
  /** A right code: forgives the wrong ones before, and makes this browser and network known for the address. */
  complete(req: Request, res: Response, email: string): Promise<void>;
}

/** What strangers may spend of what there is for an address and in all. The rest is for those who have completed a code. */
const strangersShare = 0.8;
/** Tries of a code from a network address with too many wrong codes: those may be of other people. */
const triesInTrouble = 2;
/** How long a network address stays known. */
const knownSeconds = 30 * 24 * 60 * 60;

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
  // One point that a right code spends: while it is spent, the network is known.
  const completed = storage.limiter({ name: "completedCodes", points: 1, seconds: knownSeconds });

  const ipOf = (req: Request): string => networkKey(req, ipv6Prefix);
  const pairOf = (req: Request, email: string): string =>
    sha256(`${networkOf(req, ipv6Prefix)} ${mailboxOf(email)}`);

  async function isStranger(req: Request, email: string): Promise<boolean> {
    if ((await completed.blockedFor(pairOf(req, email))) > 0) return false;
    return (await knownBrowsers.knowsMailbox?.(req, mailboxKey(email))) !== true;
  }

  /** What a stranger spends comes out of the strangers' share and out of the whole. @returns 0 or seconds to wait */
  async function spendShare(share: Limiter | null, whole: Limiter, key: string): Promise<number> {
    const wait = share === null ? 0 : await share.spend(key);
    return wait > 0 ? wait : whole.spend(key);
  }

  return {
    async spendSend(req, email) {
      const strange = await isStranger(req, email);
      // What the caller did is said openly; what others did to this address is not (S18).
      refuseFor(await sendsPerIp.spend(ipOf(req)));
      refuseFor(await sendsPerPair.spend(pairOf(req, email)));
      if (strange) refuseFor(await strangerSendsPerPair.spend(pairOf(req, email)));
      const share = strange ? strangersPerAddress : null;
      const isWithheld = (await spendShare(share, sendsPerAddress, mailboxKey(email))) > 0;
      // What is withheld costs nothing, but is refused with the rest when the budget is spent: else it would stand out.
      const budget = strange ? strangersInAll : null;
      const wait = isWithheld
        ? Math.max((await budget?.blockedFor("all")) ?? 0, await sendsInAll.blockedFor("all"))
        : await spendShare(budget, sendsInAll, "all");
      if (wait > 0) {
        throw new AppError("upstream_unavailable", {
          detail: "The budget for sending codes is spent.",
          extras: { retryAfter: wait },
        });
      }
      if (!isWithheld) return "send";
      return (await withheldInAll.spend("all")) > 0 ? "ignore" : "withhold";
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
      await failuresPerPair.reset(pairOf(req, email));
      await completed.spend(pairOf(req, email));
      await knownBrowsers.rememberMailbox?.(req, res, mailboxKey(email));
    },
  };
}

function shareOf({ points, seconds }: Limit): Limit {
  return { points: Math.ceil(points * strangersShare), seconds };
}
