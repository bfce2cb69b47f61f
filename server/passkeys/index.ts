/** The public face of the mountable router. */
export type { SecurityEvent } from "./events.ts";
export type { FlowStore } from "./flow-store.ts";
export type { PasskeysRouterOptions } from "./options.ts";
export { createPasskeysRouter } from "./router.ts";
