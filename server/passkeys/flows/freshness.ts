/** Adding and deleting a passkey need a proof from the last minutes, by a method the account already has (S9, S27). */
import type { Request } from "express";
import { actions } from "../../../shared/actions.ts";
import { AppError } from "../../http/errors.ts";
import type { PasskeysContext } from "../ports/options.ts";
import type { SignedIn } from "../ports/sessions.ts";
import { seeAuthenticators } from "./authenticators.ts";

/** @throws AppError step_up_required, with the methods that would do */
export async function requireFresh(context: PasskeysContext, req: Request, session: SignedIn): Promise<void> {
  const ageSeconds = (context.now().getTime() - session.authenticatedAt.getTime()) / 1000;
  const isRecent = ageSeconds < context.freshSeconds;
  if (isRecent && (session.method === "passkey" || context.emailStepUp)) return;
  const problem = await stepUpRequired(context, req, {
    userId: session.userId,
    action: actions.managePasskeys,
  });
  // A recent code is good enough where a new one would be.
  if (isRecent && problem.extras.stepUp?.methods.includes("email-otp")) return;
  throw problem;
}

export async function stepUpRequired(
  context: PasskeysContext,
  req: Request,
  { userId, action }: { readonly userId: string; readonly action: string },
): Promise<AppError> {
  const { passkeys } = await seeAuthenticators(context, req, userId);
  return stepUpProblem(context, action, passkeys.length > 0);
}

export function stepUpProblem(
  { emailStepUp }: PasskeysContext,
  action: string,
  byPasskey: boolean,
): AppError {
  // A code only refreshes a session; a host's own action is confirmed with a passkey or not at all.
  const byEmail = action === actions.managePasskeys && (emailStepUp || !byPasskey);
  const methods = [...(byPasskey ? ["passkey" as const] : []), ...(byEmail ? ["email-otp" as const] : [])];
  return new AppError("step_up_required", { extras: { stepUp: { action, methods } } });
}
