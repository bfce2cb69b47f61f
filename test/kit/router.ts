/**
 * The one way from the kit to the router. It loads late, because a team whose API calls Authsignal itself installs
 * `authsignal-emulator` without it. In that package this file imports `authsignal-passkeys-express`: the kit has to share
 * one copy of the router's modules with the app under test.
 */
import { loadOptional } from "../../server/http/optional-package.ts";

export type {
  EmailChangeStore,
  FlowStore,
  Limiter,
  LimitRule,
  PendingOtp,
  RecoveryStore,
  SendLimits,
  SessionPort,
  SessionPortWithoutCodes,
  SignedIn,
  Storage,
  StorageOptions,
} from "../../server/index.ts";

/**
 * @param purpose what needs the router, as the subject of a sentence
 * @throws MissingPackageError when it is not installed
 */
export function loadRouter(purpose: string): Promise<typeof import("../../server/index.ts")> {
  return loadOptional(purpose, ["authsignal-passkeys-express"], () => import("../../server/index.ts"));
}
