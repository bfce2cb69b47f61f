/** Refuses, at creation, an `afterCode` that the ports cannot keep or that other options make void. */
import type { PasskeysOptions, PasskeysOptionsWithoutCodes } from "./ports/options.ts";
import type { RecoveryStore } from "./ports/recoveries.ts";

const methods = [
  "beginRecovery",
  "findRecovery",
  "noteRecoveryEnd",
  "useRecovery",
  "cancelRecovery",
] as const;

/**
 * @returns where recoveries are kept, or null: no session is limited
 * @throws TypeError that names the option and what to write
 */
export function checkAssurance(options: PasskeysOptions | PasskeysOptionsWithoutCodes): RecoveryStore | null {
  const { afterCode, recoveryWaitingTime, storage } = options;
  if (!["full", "limited", undefined].includes(afterCode)) throw fault("afterCode", '"full" or "limited"');
  if (afterCode !== "limited") {
    if (recoveryWaitingTime !== undefined)
      throw fault("recoveryWaitingTime", 'left out without `afterCode: "limited"`: nothing waits');
    return null;
  }
  if (options.emailCodes === false)
    throw fault("afterCode", "left out with `emailCodes: false`: there are no codes");
  if (
    recoveryWaitingTime !== undefined &&
    !(Number.isInteger(recoveryWaitingTime) && recoveryWaitingTime > 0)
  )
    throw fault("recoveryWaitingTime", "a whole number of seconds above 0");
  if (options.emailStepUp !== undefined)
    throw fault(
      "emailStepUp",
      'left out with `afterCode: "limited"`: codes count for an account with a passkey after a recovery, and not before',
    );
  if (options.sessions.carriesAssurance !== true)
    throw fault(
      "afterCode",
      '"full" with this `sessions` port: it does not say `carriesAssurance: true`, so a limited session would be a full one',
    );
  if (!keepsRecoveries(storage.flows))
    throw fault(
      "afterCode",
      `"full" with this \`storage\`: its \`flows\` has not all of ${methods.join(", ")}`,
    );
  return storage.flows;
}

function keepsRecoveries(flows: Partial<RecoveryStore>): flows is RecoveryStore {
  return methods.every((method) => typeof flows[method] === "function");
}

function fault(option: string, instead: string): TypeError {
  return new TypeError(`createPasskeysRouter: \`${option}\` must be ${instead}.`);
}
