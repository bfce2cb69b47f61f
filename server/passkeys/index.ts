/** The public face of the mountable router. */

export { type AccountControls, createAccountControls, type ForgetOptions } from "./account-controls.ts";
export type { BackOffice, By } from "./back-office.ts";
export { createPasskeyGuard, createStepUpGuard } from "./create-guard.ts";
export type { RequirePasskey } from "./flows/assurance/passkey-guard.ts";
export type { RequireStepUp } from "./flows/step-up-guard.ts";
export type { EmailChange, EmailChangeStore, FormerAddress } from "./ports/account/email-changes.ts";
export type { SecurityEvent } from "./ports/events.ts";
export type { FlowStore } from "./ports/flow-store.ts";
export type { KnownBrowserStore, KnownBrowsers } from "./ports/known-browsers.ts";
export type { Limiter, LimitRule } from "./ports/limiter.ts";
export type { PasskeysOptions, PasskeysOptionsWithoutCodes, PasskeysPolicies } from "./ports/options.ts";
export type { Recovery, RecoveryStore } from "./ports/recoveries.ts";
export type { SendLimits } from "./ports/send-limits.ts";
export { createPasskeysRouter } from "./router.ts";
export { createWebhookRouter } from "./webhook-router.ts";
