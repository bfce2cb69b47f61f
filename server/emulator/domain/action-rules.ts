/** Decides the outcome of an action: the first rule that applies, otherwise the action's or the tenant's default. */
import type { Device } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ActionRule, NumberCondition, RuleConditions } from "../wire/emulator-options.ts";
import { matchesIp } from "../wire/ip-pattern.ts";
import type { ActionOutcome, Json, JsonObject } from "../wire/wire.ts";
import { actionSettings } from "./permitted-methods.ts";

/** What track sent about the person. */
export interface TrackedFacts {
  readonly userId: string;
  readonly custom: JsonObject | undefined;
  readonly deviceId: string | undefined;
  readonly ipAddress: string | undefined;
  readonly userAgent: string | undefined;
}

export interface Decision {
  readonly outcome: ActionOutcome;
  readonly ruleIds: readonly string[];
}

/** Call it before the tracked device is recorded: afterwards no device is new. */
export function decide(tenant: Tenant, actionCode: string, facts: TrackedFacts): Decision {
  const { rules = [], outcome } = actionSettings(tenant, actionCode);
  const rule = rules.find(({ when }) => applies(tenant, when, facts));
  if (rule !== undefined) return { outcome: rule.outcome, ruleIds: [rule.ruleId] };
  return { outcome: outcome ?? tenant.settings.defaultOutcome, ruleIds: [] };
}

/** The rules with these ids, as get-action shows them. */
export function rulesOf(
  tenant: Tenant,
  actionCode: string,
  ruleIds: readonly string[],
): readonly ActionRule[] {
  return (actionSettings(tenant, actionCode).rules ?? []).filter(({ ruleId }) => ruleIds.includes(ruleId));
}

function applies(tenant: Tenant, when: RuleConditions, facts: TrackedFacts): boolean {
  const { custom = {}, deviceId, ipAddress, userAgent, isNewDevice, isRememberedDevice } = when;
  return (
    Object.entries(custom).every(([name, value]) => matchesValue(value, facts.custom?.[name])) &&
    (deviceId === undefined || deviceId === facts.deviceId) &&
    (ipAddress === undefined || matchesIp(ipAddress, facts.ipAddress)) &&
    (userAgent === undefined || facts.userAgent?.includes(userAgent) === true) &&
    (isNewDevice === undefined || isNewDevice === (validDevice(tenant, facts) === undefined)) &&
    (isRememberedDevice === undefined || isRememberedDevice === hasRememberedDevice(tenant, facts))
  );
}

function matchesValue(wanted: string | number | boolean | NumberCondition, sent: Json): boolean {
  if (typeof wanted !== "object") return sent === wanted;
  const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = wanted;
  return typeof sent === "number" && sent > above && sent < below;
}

function validDevice(tenant: Tenant, { userId, deviceId }: TrackedFacts): Device | undefined {
  const device = tenant.state.devices.get(JSON.stringify([userId, deviceId]));
  return device?.invalidatedAt === undefined ? device : undefined;
}

function hasRememberedDevice(tenant: Tenant, facts: TrackedFacts): boolean {
  return (validDevice(tenant, facts)?.rememberedUntil ?? 0) > tenant.clock.now();
}
