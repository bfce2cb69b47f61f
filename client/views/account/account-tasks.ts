/** Adding and deleting a passkey, each in its dialog, with a step-up on top where the session is not fresh. */
import type { Passkey, User } from "../../../shared/contract.ts";
import type { Problem } from "../../../shared/problem.ts";
import type { AccountApi } from "../../api/account-api.ts";
import { ApiError } from "../../api/api.ts";
import { once } from "../../api/once.ts";
import type { AppContext } from "../../app/app-context.ts";
import { openDialog } from "../../dom/dialog.ts";
import { remember } from "../../dom/local-storage.ts";
import type { CeremonyOutcome } from "../../passkeys/ceremony-outcome.ts";
import { type EnrollmentFlow, prepareEnrollment } from "../../passkeys/enrollment.ts";
import { canUsePasskeys } from "../../passkeys/passkey-support.ts";
import { prepareStepUp } from "../../passkeys/step-up.ts";
import { mountAddPasskey } from "./add-passkey-dialog.ts";
import { mountDeletePasskey } from "./delete-passkey-dialog.ts";
import { mountStepUp } from "./step-up-dialog.ts";

export interface AccountTasks {
  /** "maybe": it was tried, and the last word did not reach us. Only the list knows. */
  addPasskey(): Promise<"yes" | "no" | "maybe">;
  deletePasskey(passkey: Passkey, options: { readonly isLast: boolean }): Promise<boolean>;
}

export interface AccountTasksDeps extends AppContext {
  readonly api: AccountApi;
  readonly user: User;
  /** The end of the account view. */
  readonly signal: AbortSignal;
}

export function createAccountTasks(deps: AccountTasksDeps): AccountTasks {
  const { api, user, signal, passkeys, orSignIn } = deps;

  function stepUp({ action, methods }: NonNullable<Problem["stepUp"]>, below: AbortSignal): Promise<boolean> {
    const canUsePasskey = methods.includes("passkey") && canUsePasskeys();
    return openDialog<boolean>({
      template: "step-up-dialog",
      signal: below,
      dismissed: false,
      mount(dialog, close, life) {
        const prepared = once(async () => {
          const { ceremonies, reportOutcome } = await passkeys();
          const flow = prepareStepUp(ceremonies, api, action, { isWanted: canUsePasskey });
          if (life.aborted) flow.stop();
          life.addEventListener("abort", flow.stop, { once: true });
          return { flow, reportOutcome };
        });
        // The click tries again, and says what is wrong.
        prepared().catch(() => {});
        const view = {
          email: user.email,
          canUsePasskey,
          canUseEmail: methods.includes("email-otp"),
          async usePasskey(onAnswered: () => void) {
            const { flow, reportOutcome } = await prepared();
            const outcome = await orSignIn(flow.run(onAnswered));
            reportOutcome(outcome);
            return outcome;
          },
          cancelCeremony,
          sendCode: async () => (await api.challengeOtp({ email: user.email })).resendAfter,
          async verifyCode(code: string) {
            await api.verifyOtp({ code });
          },
          confirmed: () => close(true),
        };
        mountStepUp(dialog, view, life);
      },
    });
  }

  /** Runs the task; where our server wants a proof first, asks for it and runs the task again. */
  async function withStepUp(task: () => Promise<void>, below: AbortSignal): Promise<boolean> {
    try {
      await task();
      return true;
    } catch (error) {
      const needed = stepUpIn(error);
      if (needed === undefined) throw error;
      if (below.aborted || !(await stepUp(needed, below)) || below.aborted) return false;
      await task();
      return true;
    }
  }

  function cancelCeremony(): void {
    void passkeys().then(
      ({ ceremonies }) => ceremonies.cancel(),
      () => {},
    );
  }

  return {
    async addPasskey() {
      let attempt: Promise<CeremonyOutcome> | undefined;
      const isAdded = await openDialog<boolean>({
        template: "add-passkey-dialog",
        signal,
        dismissed: false,
        mount(dialog, close, life) {
          let flow = prepared();
          const view = mountAddPasskey(
            dialog,
            {
              async create(home, onAnswered) {
                try {
                  attempt = flow().then((enrollment) => orSignIn(enrollment.run(onAnswered, home)));
                  const outcome = await attempt;
                  (await passkeys()).reportOutcome(outcome);
                  const isHere = outcome.kind === "succeeded" || outcome.kind === "alreadyRegistered";
                  if (isHere && home === "client-device") remember("account", user.email);
                  return outcome;
                } catch (error) {
                  // The step-up dialog is opening on top of this one.
                  if (stepUpIn(error) !== undefined) return { kind: "aborted" };
                  throw error;
                }
              },
              cancelCeremony,
              created: () => close(true),
            },
            life,
          );

          function prepared(): () => Promise<EnrollmentFlow> {
            const preparing = once(async () => {
              const { ceremonies } = await passkeys();
              const enrollment = prepareEnrollment({ ceremonies, api, attachment: "any", onRefused });
              if (life.aborted) enrollment.stop();
              life.addEventListener("abort", enrollment.stop, { once: true });
              return enrollment;
            });
            // The click tries again, and says what is wrong.
            preparing().catch(() => {});
            return preparing;
          }

          async function onRefused(error: ApiError): Promise<void> {
            const needed = stepUpIn(error);
            if (needed === undefined) {
              await orSignIn(Promise.reject(error)).catch(view.complain);
              return;
            }
            if (await stepUp(needed, life)) flow = prepared();
            else close(false);
          }
        },
      });
      if (attempt === undefined) return "no";
      // What the device has made already is saved to the end, also when the dialog was left meanwhile.
      const outcome = await attempt.catch(() => null);
      return isAdded || outcome?.kind === "succeeded" ? "yes" : "maybe";
    },

    async deletePasskey(passkey, { isLast }) {
      let attempt: Promise<boolean> | undefined;
      const isDeleted = await openDialog<boolean>({
        template: "delete-passkey-dialog",
        signal,
        dismissed: false,
        mount(dialog, close, life) {
          const remove = () => {
            attempt = withStepUp(() => orSignIn(deleteOnce(passkey.id)), life);
            return attempt;
          };
          const removed = () => close(true);
          mountDeletePasskey(dialog, { passkey, isLast, remove, removed }, life);
        },
      });
      // What was under way when the dialog was left may have been done all the same.
      return isDeleted || (attempt?.catch(() => false) ?? false);
    },
  };

  /** A passkey that is gone already is what the person wanted. */
  async function deleteOnce(id: string): Promise<void> {
    try {
      await api.deletePasskey(id);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "passkey_not_found")) throw error;
    }
  }
}

function stepUpIn(error: unknown): Problem["stepUp"] {
  return error instanceof ApiError && error.code === "step_up_required" ? error.problem?.stepUp : undefined;
}
