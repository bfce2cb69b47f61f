/** The way back for a person who has lost every passkey: an announced wait, which any full session can cancel. */
import { RecoveryRequest, type RecoveryResponse } from "../../../../shared/contract.ts";
import { AppError } from "../../../http/errors.ts";
import { type Operation, operation } from "../../../http/operation.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import type { Recovery, RecoveryStore } from "../../ports/recoveries.ts";
import { seeAuthenticators } from "../authenticators.ts";
import { tellOfRecovery } from "../oversight/tell.ts";
import { createUserLimit } from "../rate-limits.ts";
import { requireSignedIn } from "../signed-in.ts";
import { requireFull, type Standing, standingOf } from "./standing.ts";

/** How long after its end a recovery opens the account: the person has to come back in this time. */
const openMs = 7 * 24 * 60 * 60 * 1000;

export function recoveryOperations(
  context: PasskeysContext,
  recoveries: RecoveryStore,
): { beginRecovery: Operation; cancelRecovery: Operation } {
  const { now, onEvent } = context;
  const spendBegin = createUserLimit(context, "beginsPerUser");
  const spendCall = createUserLimit(context, "callsPerUser");

  const beginRecovery = operation({
    body: RecoveryRequest,
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendBegin(session);
      if (session.assurance !== "limited") throw new AppError("recovery_not_needed");
      const standing = await standingOf(context, req, session);
      if (isOpen(standing)) return { status: 200, body: toAnswer(standing.recovery) };
      const { passkeys } = await seeAuthenticators(context, req, user.id);
      if (passkeys.length === 0) throw new AppError("recovery_not_needed");
      const beganAt = now();
      const endsAt = new Date(beganAt.getTime() + context.recoveryWaitingTime * 1000);
      const expiresAt = new Date(endsAt.getTime() + openMs);
      const begun = await recoveries.beginRecovery(user.id, { beganAt, endsAt, expiresAt });
      if (begun.isNew) {
        const ends = endsAt.toISOString();
        onEvent({ event: "recovery_began", requestId: req.id, userId: user.id, endsAt: ends });
        await tellOfRecovery(context, { req, user, beganAt });
      }
      return { status: 200, body: toAnswer(begun.recovery) };
    },
  });

  const cancelRecovery: Operation = {
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      await requireFull(context, req, session);
      if (!(await recoveries.cancelRecovery(user.id))) throw new AppError("recovery_not_found");
      onEvent({ event: "recovery_cancelled", requestId: req.id, userId: user.id, by: "user" });
      return { status: 204 };
    },
  };

  return { beginRecovery, cancelRecovery };
}

/** What `GET /session` says of it; nothing of one that has done its work. */
export function recoveryMember({ recovery, isRecovered }: Standing): { recovery?: RecoveryResponse } {
  if (recovery === null || (recovery.usedBySession !== null && !isRecovered)) return {};
  return { recovery: toAnswer(recovery) };
}

/** Under way, or ended and not used elsewhere. */
function isOpen(standing: Standing): standing is Standing & { readonly recovery: Recovery } {
  return standing.recovery !== null && (standing.recovery.usedBySession === null || standing.isRecovered);
}

function toAnswer({ beganAt, endsAt, isEndTold }: Recovery): RecoveryResponse {
  return { beganAt: beganAt.toISOString(), endsAt: endsAt.toISOString(), hasEnded: isEndTold };
}
