/** The whole examination, in the order in which faults hide each other. */
import {
  type Config,
  ConfigError,
  type Environment,
  loadEmulatedConfig,
  loadProductionConfig,
} from "../config/config.ts";
import { androidOrigin } from "../relying-party/native-apps.ts";
import { examineActions } from "./examine-actions.ts";
import { examineProxy, examineRunningApp } from "./examine-app.ts";
import { examineAuthsignal, regions } from "./examine-authsignal.ts";
import { examineRelyingParty, tryOrigins } from "./examine-passkeys.ts";
import { findSwapped } from "./examine-values.ts";
import { type Finding, good } from "./finding.ts";

export interface ExamineOptions {
  /** Takes an emulator for the tenant, which a production configuration must refuse. Default false. */
  readonly isEmulated?: boolean;
  /**
   * Makes no trial user. Expected origins, what the actions permit, and whether id and secret belong together, stay
   * unknown. Default false.
   */
  readonly isReadOnly?: boolean;
  /** Codes of the app's own step-up actions, to look at them too. Default none. */
  readonly stepUpActions?: readonly string[];
  /** Default: the system clock. */
  readonly now?: () => Date;
  /** Where a tenant may be that is not where it should. Default: Authsignal's regions. */
  readonly otherRegions?: readonly string[];
}

export async function examine(env: Environment, options: ExamineOptions = {}): Promise<readonly Finding[]> {
  const swapped = findSwapped(env);
  if (swapped !== null) return [swapped];
  const config = read(env, options.isEmulated ?? false);
  if (!("tenant" in config)) return config;
  const { tenant, origin, rpId } = config;
  if (tenant === null) throw new Error("A configuration for the doctor has a tenant.");

  const authsignal = await examineAuthsignal(tenant, {
    now: options.now ?? (() => new Date()),
    otherRegions: options.otherRegions ?? regions,
  });
  const findings = [good("The configuration is complete."), ...authsignal.findings];
  if (authsignal.isUsable) {
    const { moreOrigins, androidApps } = config;
    const expected = { tenant, rpId, origins: [origin, ...moreOrigins, ...androidApps.map(androidOrigin)] };
    const relyingParty = await examineRelyingParty(expected);
    findings.push(relyingParty);
    // With another RP ID every trial would be refused, whatever its origin.
    if (relyingParty.verdict === "good" && options.isReadOnly !== true)
      findings.push(...(await tryOrigins(expected)));
    if (options.isReadOnly !== true)
      findings.push(...(await examineActions(tenant, options.stepUpActions ?? [])));
  }
  findings.push(examineProxy(config));
  findings.push(await examineRunningApp(origin, { tenantId: tenant.tenantId, rpId }));
  return findings;
}

function read(env: Environment, isEmulated: boolean): Config | readonly Finding[] {
  try {
    return isEmulated ? loadEmulatedConfig(env) : loadProductionConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((message) => ({ verdict: "bad", message }));
  }
}
