/** Which verification methods an action permits, and whether it demands verification of the user. */
import type { Tenant } from "../tenant/tenant.ts";
import type { ActionSettings, UserVerification } from "../wire/emulator-options.ts";
import type { VerificationMethod } from "../wire/wire.ts";
import { invalidRequest } from "../wire/wire-error.ts";

/** Each member that was set while the emulator runs replaces the one it was started with. */
export function actionSettings({ settings, state }: Tenant, actionCode: string): ActionSettings {
  const initial = Object.hasOwn(settings.actions, actionCode) ? settings.actions[actionCode] : undefined;
  const seeded = state.actionConfigurations.get(actionCode);
  return {
    rules: (seeded?.rules as ActionSettings["rules"]) ?? initial?.rules,
    verifyWebhook: seeded?.verifyWebhook ?? initial?.verifyWebhook,
    outcome: seeded?.outcome ?? initial?.outcome,
    verificationMethods: seeded?.verificationMethods ?? initial?.verificationMethods,
    userVerification: seeded?.userVerification ?? initial?.userVerification,
    defaultVerificationMethod: seeded?.defaultVerificationMethod ?? initial?.defaultVerificationMethod,
  };
}

/** The action's own, otherwise the tenant's. */
export function userVerificationOf(tenant: Tenant, actionCode: string): UserVerification {
  return actionSettings(tenant, actionCode).userVerification ?? tenant.settings.userVerification;
}

export function permittedMethods(tenant: Tenant, actionCode: string): readonly VerificationMethod[] {
  const enabled = tenant.settings.verificationMethods;
  const own = actionSettings(tenant, actionCode).verificationMethods;
  return own === undefined ? enabled : own.filter((method) => enabled.includes(method));
}

/** Throws unless the tenant has the method enabled and the action permits it. */
export function requirePermitted(
  tenant: Tenant,
  actionCode: string,
  verificationMethod: VerificationMethod,
): void {
  if (!tenant.settings.verificationMethods.includes(verificationMethod)) {
    throw invalidRequest(`${verificationMethod} is not an enabled verification method`);
  }
  if (!permittedMethods(tenant, actionCode).includes(verificationMethod)) {
    throw invalidRequest(
      `${verificationMethod} is not a permitted verification method of this action.`,
      `the action ${actionCode} does not permit ${verificationMethod}`,
    );
  }
}

/** Whether an action's list also says what its token may enroll is not documented; the tenant chooses. */
export function requirePermittedEnrollment(
  tenant: Tenant,
  actionCode: string,
  verificationMethod: VerificationMethod,
): void {
  if (tenant.settings.enrollmentMethods === "action")
    requirePermitted(tenant, actionCode, verificationMethod);
}
