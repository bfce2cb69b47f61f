/** Asks the person to confirm that it is them, where our server wants a step-up, and goes on with the task after it. */
import type { User } from "../../../shared/contract.ts";
import type { Problem } from "../../../shared/problem.ts";
import type { AppContext } from "../../app/app-context.ts";
import { cancelCeremony, prepareFlow } from "../../app/prepared-flow.ts";
import { openDialog } from "../../dom/dialog.ts";
import type { AccountApi } from "../../http/account-api.ts";
import { ApiError } from "../../http/api.ts";
import { canUsePasskeys } from "../../passkeys/passkey-support.ts";
import { prepareStepUp } from "../../passkeys/step-up.ts";
import { cloneTemplate } from "../../words/template.ts";
import { mountStepUp } from "./step-up-dialog.ts";

/** What the tasks of the account share. */
export interface AccountTaskDeps extends Pick<AppContext, "passkeys" | "orSignIn"> {
  readonly api: AccountApi;
  readonly user: User;
  /** The person has confirmed: what the session may do can have changed. */
  confirmed(): void;
  /** Aborts when the account view ends. */
  readonly signal: AbortSignal;
}

export interface NeededStepUp extends NonNullable<Problem["stepUp"]> {
  /** A code has opened the session, however recently. */
  readonly isLimited: boolean;
}

export function neededStepUp(error: unknown): NeededStepUp | undefined {
  if (!(error instanceof ApiError) || error.problem?.stepUp === undefined) return undefined;
  const isLimited = error.code === "limited_session";
  return isLimited || error.code === "step_up_required" ? { ...error.problem.stepUp, isLimited } : undefined;
}

/** Runs the task; after an answer that wants a step-up, asks for it and runs the task again. False: not confirmed. */
export async function withStepUp(
  deps: AccountTaskDeps,
  task: () => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await task();
    return true;
  } catch (error) {
    const needed = neededStepUp(error);
    if (needed === undefined) throw error;
    if (signal.aborted || !(await confirmIdentity(deps, needed, signal)) || signal.aborted) return false;
    await task();
    return true;
  }
}

/** Opens the dialog of the step-up. False: the person left it. */
export async function confirmIdentity(
  deps: AccountTaskDeps,
  { action, methods, isLimited }: NeededStepUp,
  signal: AbortSignal,
): Promise<boolean> {
  const { api, user, passkeys, orSignIn } = deps;
  const canUsePasskey = methods.includes("passkey") && canUsePasskeys();
  const isConfirmed = await openDialog<boolean>({
    content: cloneTemplate("step-up-dialog"),
    signal,
    dismissed: false,
    mount(dialog, close, life) {
      const prepared = prepareFlow(
        passkeys,
        (ceremonies) => prepareStepUp(ceremonies, api, action, { isWanted: canUsePasskey }),
        life,
      );
      const view = {
        email: user.email,
        isLimited,
        canUsePasskey,
        canUseEmail: methods.includes("email-otp"),
        async usePasskey(onAnswered: () => void) {
          const { flow, reported } = await prepared();
          return reported("step-up", orSignIn(flow.run(onAnswered)));
        },
        cancelCeremony: () => cancelCeremony(passkeys),
        sendCode: async () => (await api.challengeOtp({ email: user.email })).resendAfter,
        async verifyCode(code: string) {
          await api.verifyOtp({ code });
        },
        confirmed: () => close(true),
      };
      mountStepUp(dialog, view, life);
    },
  });
  if (isConfirmed) deps.confirmed();
  return isConfirmed;
}
