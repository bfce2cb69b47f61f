/**
 * The public face of the package: everything that a host needs to put passkeys into its API. README.md of
 * `server/passkeys/` shows it at work.
 */

export { createSdkGateway, type SdkGatewayOptions } from "./authsignal/sdk-gateway.ts";
export { createErrorHandler, toProblem } from "./http/error-handler.ts";
export { AppError, type ProblemExtras } from "./http/errors.ts";
export { createProblemPages } from "./http/problem-pages.ts";
export {
  createPasskeysRouter,
  createStepUpGuard,
  type FlowStore,
  type KnownBrowserStore,
  type KnownBrowsers,
  type PasskeysOptions,
  type PasskeysOptionsWithoutCodes,
  type PasskeysPolicies,
  type RequireStepUp,
  type SecurityEvent,
  type SendLimits,
} from "./passkeys/index.ts";
export type { AuthsignalGateway } from "./passkeys/ports/authsignal.ts";
export type { Begun, Grant, OfferAnswer } from "./passkeys/ports/flow-store.ts";
export type { Limiter, LimitRule } from "./passkeys/ports/limiter.ts";
export type {
  AuthenticationMethod,
  PendingOtp,
  SessionPort,
  SessionPortWithoutCodes,
  SignedIn,
} from "./passkeys/ports/sessions.ts";
export type { UserDirectory, UserLookup } from "./passkeys/ports/users.ts";
export { type BearerSessionOptions, createBearerSessions } from "./sessions/bearer-sessions.ts";
export {
  type CookieSessionOptions,
  type CookieSessions,
  createCookieSessions,
} from "./sessions/cookie-sessions.ts";
export { createKnownBrowserCookie } from "./sessions/known-browser-cookie.ts";
export { migrateStorage, readMigrationSql } from "./storage/migrate-storage.ts";
export { openStorage, type Storage } from "./storage/storage.ts";
export { StorageError } from "./storage/storage-error.ts";
export type { StorageOptions, TableOptions } from "./storage/storage-options.ts";
export { createSqlUsers } from "./storage/stores/sql-users.ts";
export { sweepExpired } from "./storage/tables/sweep.ts";
