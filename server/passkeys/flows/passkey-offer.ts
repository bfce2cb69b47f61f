/** When to offer a passkey, and when never to: one rule set, kept on the account (UX rules B13). */
import type { Request } from "express";
import { PasskeyOfferRequest } from "../../../shared/contract.ts";
import { type Operation, operation } from "../../http/operation.ts";
import { unlessOut } from "../../http/outages.ts";
import type { OfferAnswer } from "../ports/flow-store.ts";
import type { PasskeysContext } from "../ports/options.ts";
import { seeAuthenticators } from "./authenticators.ts";
import { createUserLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";

const dayMs = 24 * 60 * 60 * 1000;

export function answerOffer(context: PasskeysContext): Operation {
  const spendCall = createUserLimit(context, "callsPerUser");
  return operation({
    body: PasskeyOfferRequest,
    async handle({ req, body }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      const { flows } = context.storage;
      if (body.answer === "ask-again") await flows.keepOfferAnswer(user.id, null);
      else {
        const before = await flows.offerAnswer(user.id);
        await flows.keepOfferAnswer(user.id, {
          declined: (before?.declined ?? 0) + (body.answer === "not-now" ? 1 : 0),
          never: body.answer === "never",
          answeredAt: context.now(),
        });
      }
      return { status: 204 };
    },
  });
}

export interface OfferedAfter {
  /** A passkey of another device was used. */
  readonly crossDevice?: boolean;
  /** A passkey was tried in this browser before the code, and did not sign in. */
  readonly passkeyFailed?: boolean;
}

/**
 * Decides after a sign-in. A browser that has made or used a passkey needs no other, unless that passkey is not there any
 * more: the account has none, one of another device was used, or the person tried one and then took a code.
 * An outage makes no offer: a sign-in is not lost over one.
 */
export function shouldOffer(...asked: Parameters<typeof decide>): Promise<boolean> {
  return unlessOut(decide(...asked), false);
}

async function decide(
  context: PasskeysContext,
  req: Request,
  userId: string,
  { crossDevice = false, passkeyFailed = false }: OfferedAfter,
): Promise<boolean> {
  const { knownBrowsers, maxPasskeys, storage } = context;
  if (!mayAsk(await storage.flows.offerAnswer(userId), context)) return false;
  const authenticators = await seeAuthenticators(context, req, userId).catch(() => null);
  if (authenticators === null || authenticators.passkeys.length >= maxPasskeys) return false;
  const isGone = crossDevice || passkeyFailed || authenticators.passkeys.length === 0;
  return isGone || !(await knownBrowsers.knows(req, userId));
}

function mayAsk(answer: OfferAnswer | null, { now, offerAgainAfterDays }: PasskeysContext): boolean {
  if (answer === null) return true;
  if (answer.never) return false;
  if (answer.declined === 0) return true;
  const days = offerAgainAfterDays[answer.declined - 1];
  return days !== undefined && now().getTime() >= answer.answeredAt.getTime() + days * dayMs;
}
