/** The public face of the mountable router. */

export type { SendLimits } from "./flows/rate-limits.ts";
export { createStepUpGuard, type RequireStepUp } from "./flows/step-up-guard.ts";
export type { PasskeysOptions, PasskeysPolicies } from "./options.ts";
export type { SecurityEvent } from "./ports/events.ts";
export type { FlowStore } from "./ports/flow-store.ts";
export type { BrowserMemory } from "./ports/known-browsers.ts";
export { createPasskeysRouter } from "./router.ts";
