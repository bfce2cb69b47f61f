/** Runs all checks. A check whose outcome depends on an earlier one runs only when that one has passed. */
import { type Config, ConfigError, type Environment, loadDoctorConfig } from "../config/config.ts";
import { androidOrigin } from "../relying-party/native-apps.ts";
import { checkActions } from "./check-actions.ts";
import { adviseOnProxy, checkProxy, checkRunningApp } from "./check-app.ts";
import { checkAuthsignal, regions } from "./check-authsignal.ts";
import { checkOrigins, checkRelyingParty } from "./check-relying-party.ts";
import { type CheckResult, passed } from "./check-result.ts";
import { checkSwappedValues } from "./check-swapped-values.ts";
import { checkUserVerification } from "./check-user-verification.ts";
import { checkWebhooks } from "./check-webhooks.ts";
import { checkWrittenValues } from "./check-written-values.ts";

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
  /**
   * Checks also what only this repository's production entry reads: SESSION_SECRET and TRUST_PROXY. Default false: the app is
   * a host's own.
   */
  readonly isProductionEntry?: boolean;
  /** Where the app mounts the router, without a slash at the end. Default: the usual paths on ORIGIN. */
  readonly appUrl?: string | null;
  /** Where the app mounts `createWebhookRouter`. Default: it is not checked, but in this repository's running app. */
  readonly webhookUrl?: string | null;
  /** Default: the system clock. */
  readonly now?: () => Date;
  /** API bases where an unknown tenant is searched. Default: Authsignal's regions, and none for an emulator. */
  readonly otherRegions?: readonly string[];
}

export async function runChecks(
  env: Environment,
  options: CheckOptions = {},
): Promise<readonly CheckResult[]> {
  const swapped = checkSwappedValues(env);
  if (swapped !== null) return [swapped];
  const written = checkWrittenValues(env);
  const config = read(env, options);
  if (!("tenant" in config)) return [...written, ...config];
  const { tenant, origin, rpId } = config;
  if (tenant === null) throw new Error("A configuration for the doctor has a tenant.");

  const authsignal = await checkAuthsignal(tenant, {
    now: options.now ?? (() => new Date()),
    otherRegions: options.otherRegions ?? (options.isEmulated === true ? [] : regions),
  });
  const complete = written.length === 0 ? [passed("The configuration is complete.")] : written;
  const results = [...complete, ...authsignal.results];
  if (authsignal.isUsable) {
    const { moreOrigins, androidApps } = config;
    const expected = { tenant, rpId, origins: [origin, ...moreOrigins, ...androidApps.map(androidOrigin)] };
    const relyingParty = await checkRelyingParty(expected);
    results.push(relyingParty);
    // With another RP ID Authsignal refuses every trial passkey, on any origin.
    if (relyingParty.status === "passed" && options.isReadOnly !== true) {
      const [first, ...more] = await checkOrigins(expected);
      if (first !== undefined) results.push(first, ...more);
      if (first?.status === "passed") results.push(await checkUserVerification(expected));
    }
    if (options.isReadOnly !== true)
      results.push(...(await checkActions(tenant, options.stepUpActions ?? [])));
  }
  results.push(options.isProductionEntry === true ? checkProxy(config) : adviseOnProxy(origin));
  const app = { origin, appUrl: options.appUrl ?? null };
  const running = await checkRunningApp(app, { tenantId: tenant.tenantId, rpId });
  results.push(running);
  const url = webhookUrlOf(options, origin, running);
  if (url !== null) results.push(await checkWebhooks({ url, apiSecretKey: tenant.apiSecretKey }));
  return results;
}

/** Of this repository's app it is known; it is asked only when it runs. */
function webhookUrlOf(
  { webhookUrl = null, isProductionEntry = false }: CheckOptions,
  origin: string,
  running: CheckResult,
): string | null {
  if (webhookUrl !== null) return webhookUrl;
  return isProductionEntry && running.status === "passed" ? `${origin}/authsignal/webhooks` : null;
}

function read(env: Environment, options: CheckOptions): Config | readonly CheckResult[] {
  const { isEmulated = false, isProductionEntry = false } = options;
  try {
    return loadDoctorConfig(env, { isEmulated, isProductionEntry });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((message) => ({ status: "failed", message }));
  }
}
