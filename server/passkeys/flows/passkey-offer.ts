/** When to offer a passkey, and when never to: one rule set, kept on the account (UX rules B13). */
import type { Request } from "express";
import { PasskeyOfferRequest } from "../../../shared/contract.ts";
import { type Operation, operation } from "../../http/operation.ts";
import { unlessOut } from "../../http/outages.ts";
import type { OfferAnswer } from "../ports/flow-store.ts";
import type { PasskeysContext } from "../ports/options.ts";
import { seeAuthenticators } from "./authenticators.ts";
import { requireSignedIn } from "./signed-in.ts";

const dayMs = 24 * 60 * 60 * 1000;

export function answerOffer(context: PasskeysContext): Operation {
  return operation({
    body: PasskeyOfferRequest,
    async handle({ req, body }) {
      const { user } = await requireSignedIn(context, req);
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

/**
 * Decides after a sign-in. A passkey in this browser needs no other, unless it came from another device.
 * An outage makes no offer: a sign-in is not lost over one.
 */
export function shouldOffer(...asked: Parameters<typeof decide>): Promise<boolean> {
  return unlessOut(decide(...asked), false);
}

async function decide(
  context: PasskeysContext,
  req: Request,
  userId: string,
  signIn: { readonly crossDevice: boolean },
): Promise<boolean> {
  const { knownBrowsers, maxPasskeys, storage } = context;
  if (!mayAsk(await storage.flows.offerAnswer(userId), context)) return false;
  if (!signIn.crossDevice && (await knownBrowsers.knows(req, userId))) return false;
  const authenticators = await seeAuthenticators(context, req, userId).catch(() => null);
  return authenticators !== null && authenticators.passkeys.length < maxPasskeys;
}

function mayAsk(answer: OfferAnswer | null, { now, offerAgainAfterDays }: PasskeysContext): boolean {
  if (answer === null) return true;
  if (answer.never) return false;
  if (answer.declined === 0) return true;
  const days = offerAgainAfterDays[answer.declined - 1];
  return days !== undefined && now().getTime() >= answer.answeredAt.getTime() + days * dayMs;
}
