/**
 * The public face of `authsignal-emulator/testing`: real ceremonies for suites without a browser.
 * README.md in this folder shows it in Vitest, Jest, Mocha and node:test.
 */
export type {
  Emulator,
  Fault,
  FaultRule,
  JournalEntry,
  SentMessage,
  TenantOptions,
} from "../../server/emulator/index.ts";
export { type BearerClientOptions, bearerTokens } from "./bearer-agent.ts";
export type { AuthenticatorFlags, CeremonyFault } from "./ceremony-fault.ts";
export { type ClientApi, ClientApiError, type ClientApiOptions, createClientApi } from "./client-api.ts";
export { checkContract } from "./contract-check.ts";
export { type EmulatorFor, type EmulatorForOptions, startEmulatorFor } from "./emulator-for.ts";
export type { Agent, FlowAgent, Flows } from "./flows.ts";
export { guardSuite } from "./guard-suite.ts";
export { generousLimits } from "./limits.ts";
export { asNavigatorCredentials, type BrowserWebAuthn } from "./navigator-credentials.ts";
export { guardNetwork, type NetworkGuard, NetworkGuardError } from "./network-guard.ts";
export { type SessionPromise, type SessionsUnderTest, sessionPromises } from "./session-conformance.ts";
export {
  type CeremonyContext,
  createSoftAuthenticator,
  type SoftAuthenticator,
} from "./soft-authenticator.ts";
export type { SoftAuthenticatorOptions } from "./soft-authenticator-options.ts";
export { type StoragePromise, type StorageUnderTest, storagePromises } from "./storage-conformance.ts";
