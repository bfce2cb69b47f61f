/** Adds a passkey in a dialog, with a step-up on top if the session is not fresh. */

import { rememberPasskeyHere } from "../../app/passkeys-here.ts";
import { cancelCeremony, prepareFlow } from "../../app/prepared-flow.ts";
import { openDialog } from "../../dom/dialog.ts";
import { remember } from "../../dom/local-storage.ts";
import { canCreatePasskeyHere } from "../../passkeys/capabilities.ts";
import type { PasskeyHome } from "../../passkeys/ceremony.ts";
import type { CeremonyOutcome } from "../../passkeys/ceremony-outcome.ts";
import type { CodedError } from "../../passkeys/coded-error.ts";
import { prepareEnrollment } from "../../passkeys/enrollment.ts";
import { cloneTemplate } from "../../words/template.ts";
import { mountAddPasskey } from "./add-passkey-dialog.ts";
import { type AccountTaskDeps, confirmIdentity, neededStepUp } from "./confirm-identity.ts";

/** "maybe": the passkey may have been stored, but the last answer did not arrive. Load the list to know. */
export type Added = "yes" | "no" | "maybe";

export async function addPasskey(deps: AccountTaskDeps): Promise<Added> {
  const { api, user, signal, passkeys, orSignIn } = deps;
  let attempt: Promise<CeremonyOutcome> | undefined;

  const isAdded = await openDialog<boolean>({
    content: cloneTemplate("add-passkey-dialog"),
    signal,
    dismissed: false,
    mount(dialog, close, life) {
      let prepared = prepare();
      const view = mountAddPasskey(
        dialog,
        {
          create,
          cancelCeremony: () => cancelCeremony(passkeys),
          canSaveHere: canCreatePasskeyHere,
          created: () => close(true),
        },
        life,
      );

      function prepare() {
        return prepareFlow(
          passkeys,
          (ceremonies) => prepareEnrollment({ ceremonies, api, attachment: "any", onBlocked }),
          life,
        );
      }

      async function create(home: PasskeyHome, onAnswered: () => void): Promise<CeremonyOutcome> {
        try {
          attempt = prepared().then(({ flow, reported }) =>
            reported("enrollment", orSignIn(flow.run(onAnswered, home))),
          );
          const outcome = await attempt;
          const isHere = outcome.kind === "succeeded" || outcome.kind === "alreadyRegistered";
          if (isHere && home === "client-device") remember("account", user.email);
          if (outcome.kind === "succeeded" && home === "client-device")
            rememberPasskeyHere(outcome.credentialId);
          return outcome;
        } catch (error) {
          // onBlocked opens the step-up on top of this dialog.
          if (neededStepUp(error) !== undefined) return { kind: "aborted" };
          throw error;
        }
      }

      async function onBlocked(error: CodedError): Promise<void> {
        const needed = neededStepUp(error);
        if (needed === undefined) {
          await orSignIn(Promise.reject(error)).catch(view.showError);
          return;
        }
        if (await confirmIdentity(deps, needed, life)) prepared = prepare();
        else close(false);
      }
    },
  });

  if (attempt === undefined) return "no";
  // The person can leave the dialog while the passkey is being saved.
  const outcome = await attempt.catch(() => null);
  return isAdded || outcome?.kind === "succeeded" ? "yes" : "maybe";
}
