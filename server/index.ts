/**
 * The public face of the package: everything that a host needs to put passkeys into its API. README.md of
 * `server/passkeys/` shows it at work.
 */

export { type AuditLog, createAuditTrail } from "./app/audit.ts";
export { createMetrics, type Metrics } from "./app/metrics.ts";
export { warnOfPlainRequests } from "./app/proxy-check.ts";
export { createReadiness, type ReadinessAnswer, type ReadinessOptions } from "./app/readiness.ts";
export { type SecurityHeaderOptions, securityHeaders } from "./app/security-headers.ts";
export { type ClientApiProxyOptions, createClientApiProxy } from "./authsignal/client-api-proxy.ts";
export type { SdkGatewayOptions } from "./authsignal/require-tenant.ts";
export type { AuthsignalCall } from "./authsignal/sdk-call.ts";
export { createSdkGateway } from "./authsignal/sdk-gateway.ts";
export { createErrorHandler, toProblem } from "./http/error-handler.ts";
export { AppError, type ProblemExtras } from "./http/errors.ts";
export { MissingPackageError } from "./http/optional-package.ts";
export { createProblemPages } from "./http/problem-pages/problem-pages.ts";
export { startTracing, stopTracing } from "./http/tracing.ts";
export { createNotices, type KeptNotices } from "./notices/create-notices.ts";
export { createMailer, type MailerOptions } from "./notices/mailer.ts";
export type { NoticeText } from "./notices/notice-words.ts";
export type { NoticesOptions } from "./notices/notices-options.ts";
export {
  type AccountControls,
  type BackOffice,
  type By,
  createAccountControls,
  createPasskeyGuard,
  createPasskeysRouter,
  createStepUpGuard,
  createWebhookRouter,
  type EmailChange,
  type EmailChangeStore,
  type FlowStore,
  type ForgetOptions,
  type FormerAddress,
  type KnownBrowserStore,
  type KnownBrowsers,
  type PasskeysOptions,
  type PasskeysOptionsWithoutCodes,
  type PasskeysPolicies,
  type Recovery,
  type RecoveryStore,
  type RequirePasskey,
  type RequireStepUp,
  type SecurityEvent,
  type SendLimits,
} from "./passkeys/index.ts";
export { answerWithTokens, tokensMember } from "./passkeys/ports/answer-tokens.ts";
export type { AuthenticatorChange, AuthsignalGateway, WebhookEvent } from "./passkeys/ports/authsignal.ts";
export type { EventReader, RecordedEvent } from "./passkeys/ports/events.ts";
export type { Begun, Grant, OfferAnswer } from "./passkeys/ports/flow-store.ts";
export type { Limiter, LimitRule } from "./passkeys/ports/limiter.ts";
export type {
  Notice,
  NoticeCause,
  NoticeKind,
  NoticeStore,
  Notices,
  NotMeLink,
  Told,
} from "./passkeys/ports/notices.ts";
export { nameSession } from "./passkeys/ports/occasion.ts";
export type {
  IndexedSession,
  ListedSession,
  SessionIndex,
  SessionList,
} from "./passkeys/ports/session-list.ts";
export type {
  Assurance,
  AuthenticationMethod,
  NewSession,
  PendingOtp,
  SessionPort,
  SessionPortWithoutCodes,
  SignedIn,
} from "./passkeys/ports/sessions.ts";
export type { UserDirectory, UserLookup } from "./passkeys/ports/users.ts";
export type { AndroidApp } from "./relying-party/native-apps.ts";
export { createWellKnown, type WellKnownOptions } from "./relying-party/well-known.ts";
export { type BearerSessionOptions, createBearerSessions } from "./sessions/bearer-sessions.ts";
export {
  type CookieSessionOptions,
  type CookieSessions,
  createCookieSessions,
} from "./sessions/cookie-sessions.ts";
export {
  createExpressSessionPort,
  type ExpressSessionPort,
  type ExpressSessionPortOptions,
} from "./sessions/express-session-port.ts";
export type { JwtClaims } from "./sessions/jwt-claims.ts";
export {
  createJwtSessions,
  type JwtSessionOptions,
  type JwtSessions,
  type JwtSessionsWithoutCodes,
} from "./sessions/jwt-sessions.ts";
export { createKnownBrowserCookie } from "./sessions/known-browser-cookie.ts";
export { type LazyStorage, openStorageLazily } from "./storage/lazy-storage.ts";
export { migrateStorage, readMigrationSql } from "./storage/migrate-storage.ts";
export { openStorage, type Storage, type StorageLoad } from "./storage/storage.ts";
export { StorageError } from "./storage/storage-error.ts";
export type { StorageOptions, TableOptions } from "./storage/storage-options.ts";
export { createSqlUsers } from "./storage/stores/sql-users.ts";
export { type SweepOptions, type SweptRows, sweepExpired } from "./storage/tables/sweep.ts";
