/** Begins the recovery of an account whose passkeys are lost, after a dialog that says what will happen. */
import type { RecoveryResponse } from "../../../../shared/contract.ts";
import { openDialog } from "../../../dom/dialog.ts";
import { query } from "../../../dom/query.ts";
import { explainError } from "../../../words/failures.ts";
import { cloneTemplate } from "../../../words/template.ts";

/** Null: the person left the dialog. */
export function beginRecovery(
  begin: () => Promise<RecoveryResponse>,
  signal: AbortSignal,
): Promise<RecoveryResponse | null> {
  return openDialog<RecoveryResponse | null>({
    content: cloneTemplate("begin-recovery-dialog"),
    signal,
    dismissed: null,
    mount(dialog, close, life) {
      let isBusy = false;
      const confirm = query(dialog, "confirm", HTMLButtonElement);
      const failureText = query(dialog, "failure", HTMLElement);
      confirm.addEventListener("click", onConfirm, { signal: life });

      async function onConfirm(): Promise<void> {
        if (isBusy) return;
        isBusy = true;
        confirm.setAttribute("aria-busy", "true");
        failureText.textContent = "";
        try {
          close(await begin());
        } catch (error) {
          if (life.aborted) return;
          failureText.textContent = explainError(error);
          isBusy = false;
          confirm.setAttribute("aria-busy", "false");
        }
      }
    },
  });
}
