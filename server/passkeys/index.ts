/** The public face of the mountable router. */
export type { BrowserMemory } from "./browser-memory.ts";
export type { SecurityEvent } from "./events.ts";
export type { FlowStore } from "./flow-store.ts";
export type { PasskeysOptions, PasskeysPolicies } from "./options.ts";
export type { SendLimits } from "./rate-limits.ts";
export { createPasskeysRouter } from "./router.ts";
export { createStepUpGuard, type RequireStepUp } from "./step-up-guard.ts";
