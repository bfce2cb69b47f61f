/**
 * The public face of the package: everything that a host needs to put passkeys into its API. README.md of
 * `server/passkeys/` shows it at work.
 */
export type { AuthsignalGateway } from "./authsignal/gateway.ts";
export { createSdkGateway, type SdkGatewayOptions } from "./authsignal/sdk-gateway.ts";
export { createErrorHandler, toProblem } from "./error-handler.ts";
export { AppError, type ProblemExtras } from "./errors.ts";
export {
  type BrowserMemory,
  createPasskeysRouter,
  createStepUpGuard,
  type FlowStore,
  type PasskeysOptions,
  type PasskeysPolicies,
  type RequireStepUp,
  type SecurityEvent,
  type SendLimits,
} from "./passkeys/index.ts";
export { type BearerSessionOptions, createBearerSessions } from "./session/bearer-sessions.ts";
export { createBrowserCookie } from "./session/browser-cookie.ts";
export {
  type CookieSessionOptions,
  type CookieSessions,
  createCookieSessions,
} from "./session/cookie-sessions.ts";
export type { AuthenticationMethod, PendingOtp, SessionPort, SignedIn } from "./session/session-port.ts";
export { openStorage, type Storage, type StorageOptions } from "./storage/storage.ts";
export { sweepExpired } from "./storage/sweep.ts";
export { createSqlUsers } from "./users/sql-users.ts";
export type { UserDirectory } from "./users/user-directory.ts";
