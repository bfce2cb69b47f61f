/** Runs all checks. A check whose outcome depends on an earlier one runs only when that one has passed. */
import {
  type Config,
  ConfigError,
  type Environment,
  loadEmulatedConfig,
  loadProductionConfig,
} from "../config/config.ts";
import { androidOrigin } from "../relying-party/native-apps.ts";
import { checkActions } from "./check-actions.ts";
import { checkProxy, checkRunningApp } from "./check-app.ts";
import { checkAuthsignal, regions } from "./check-authsignal.ts";
import { checkOrigins, checkRelyingParty } from "./check-relying-party.ts";
import { type CheckResult, passed } from "./check-result.ts";
import { checkSwappedValues } from "./check-swapped-values.ts";

export interface CheckOptions {
  /** Accepts an emulator's address and secret, which a production configuration refuses. Default false. */
  readonly isEmulated?: boolean;
  /**
   * Creates no trial user. Then it does not check the expected origins, what the actions permit, and whether tenant id and
   * secret belong to one tenant. Default false.
   */
  readonly isReadOnly?: boolean;
  /** Codes of the app's own step-up actions, which are checked too. Default none. */
  readonly stepUpActions?: readonly string[];
  /** Default: the system clock. */
  readonly now?: () => Date;
  /** API bases where an unknown tenant is searched. Default: Authsignal's regions. */
  readonly otherRegions?: readonly string[];
}

export async function runChecks(
  env: Environment,
  options: CheckOptions = {},
): Promise<readonly CheckResult[]> {
  const swapped = checkSwappedValues(env);
  if (swapped !== null) return [swapped];
  const config = read(env, options.isEmulated ?? false);
  if (!("tenant" in config)) return config;
  const { tenant, origin, rpId } = config;
  if (tenant === null) throw new Error("A configuration for the doctor has a tenant.");

  const authsignal = await checkAuthsignal(tenant, {
    now: options.now ?? (() => new Date()),
    otherRegions: options.otherRegions ?? regions,
  });
  const results = [passed("The configuration is complete."), ...authsignal.results];
  if (authsignal.isUsable) {
    const { moreOrigins, androidApps } = config;
    const expected = { tenant, rpId, origins: [origin, ...moreOrigins, ...androidApps.map(androidOrigin)] };
    const relyingParty = await checkRelyingParty(expected);
    results.push(relyingParty);
    // With another RP ID Authsignal refuses every trial passkey, on any origin.
    if (relyingParty.status === "passed" && options.isReadOnly !== true)
      results.push(...(await checkOrigins(expected)));
    if (options.isReadOnly !== true)
      results.push(...(await checkActions(tenant, options.stepUpActions ?? [])));
  }
  results.push(checkProxy(config));
  results.push(await checkRunningApp(origin, { tenantId: tenant.tenantId, rpId }));
  return results;
}

function read(env: Environment, isEmulated: boolean): Config | readonly CheckResult[] {
  try {
    return isEmulated ? loadEmulatedConfig(env) : loadProductionConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((message) => ({ status: "failed", message }));
  }
}
