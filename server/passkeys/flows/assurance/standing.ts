/** What a session may do under `afterCode: "limited"`: an account with a passkey is not opened by its mailbox alone (S1). */
import type { Request } from "express";
import { actions } from "../../../../shared/actions.ts";
import { AppError } from "../../../http/errors.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import type { Recovery, RecoveryStore } from "../../ports/recoveries.ts";
import type { Assurance, SignedIn } from "../../ports/sessions.ts";
import { seeAuthenticators } from "../authenticators.ts";

export interface Standing {
  /** The session was begun by a code, and no recovery of the account has ended. */
  readonly isLimited: boolean;
  /** A recovery has ended, so that codes count in this session as a passkey does. */
  readonly isRecovered: boolean;
  /** The account's recovery, under way or ended. */
  readonly recovery: Recovery | null;
}

const full: Standing = { isLimited: false, isRecovered: false, recovery: null };

export async function standingOf(
  context: PasskeysContext,
  req: Request,
  session: SignedIn,
): Promise<Standing> {
  if (context.recoveries === null) return full;
  const recovery = await findRecovery(context, context.recoveries, req, session.userId);
  const isByCode = session.assurance === "limited" || session.method === "email-otp";
  const isMine = recovery?.usedBySession === null || recovery?.usedBySession === session.id;
  const isRecovered = recovery?.isEndTold === true && isByCode && isMine;
  return { isLimited: session.assurance === "limited" && !isRecovered, isRecovered, recovery };
}

/** A recovery whose end has come counts as ended only once that is noted: a cancellation in this moment wins. */
async function findRecovery(
  { now, onEvent }: PasskeysContext,
  recoveries: RecoveryStore,
  req: Request,
  userId: string,
): Promise<Recovery | null> {
  const recovery = await recoveries.findRecovery(userId, now());
  if (recovery === null || recovery.isEndTold || recovery.endsAt > now()) return recovery;
  if (await recoveries.noteRecoveryEnd(userId, now()))
    onEvent({ event: "recovery_ended", requestId: req.id, userId });
  return recoveries.findRecovery(userId, now());
}

/**
 * For what changes the account, and for routes of the host.
 * @throws AppError limited_session, unless the user has no passkey by which the limit could be lifted
 */
export async function requireFull(
  context: PasskeysContext,
  req: Request,
  session: SignedIn,
): Promise<Standing> {
  const standing = await standingOf(context, req, session);
  if (!standing.isLimited) return standing;
  const { passkeys } = await seeAuthenticators(context, req, session.userId);
  if (passkeys.length > 0) throw limitedSession();
  return standing;
}

export function limitedSession(): AppError {
  const stepUp = { action: actions.managePasskeys, methods: ["passkey"] } as const;
  return new AppError("limited_session", { extras: { stepUp } });
}

/** Of a session that a code begins. When Authsignal does not say what the user has, the session is limited. */
export async function assuranceAfterCode(
  context: PasskeysContext,
  req: Request,
  userId: string,
): Promise<Assurance> {
  if (context.recoveries === null) return "full";
  const authenticators = await seeAuthenticators(context, req, userId).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  return authenticators === null || authenticators.passkeys.length > 0 ? "limited" : "full";
}
