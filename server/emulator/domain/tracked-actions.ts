/** Actions: their states, and what a finished challenge does to one. */
import { toIso } from "../tenant/clock.ts";
import type { Action, UserAuthenticator } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { type ClientToken, scopesAfterChallenge } from "../tenant/tokens.ts";
import {
  type ActionOutcome,
  type ActionState,
  actionCodePattern,
  type VerificationMethod,
} from "../wire/wire.ts";
import { invalidRequest } from "../wire/wire-error.ts";
import { actionSettings } from "./permitted-methods.ts";

/** Milliseconds after which an occurrence is dropped: the documented lookback of the action query. */
const retention = 30 * 24 * 60 * 60_000;

export interface ActionName {
  readonly userId: string;
  readonly actionCode: string;
  readonly idempotencyKey: string;
}

export function findAction(tenant: Tenant, name: ActionName): Action | undefined {
  return tenant.state.actions.get(keyOf(name));
}

function putAction(tenant: Tenant, action: Action): Action {
  tenant.state.actions.put(keyOf(action), action);
  return action;
}

/** Stores a new occurrence. */
export function beginAction(
  tenant: Tenant,
  name: ActionName,
  state: ActionState,
  facts: Partial<Action> = {},
): Action {
  const now = tenant.clock.now();
  return putAction(tenant, {
    ...facts,
    ...name,
    state,
    createdAt: now,
    stateUpdatedAt: now,
    expiresAt: now + retention,
  });
}

export function moveAction(
  tenant: Tenant,
  action: Action,
  state: ActionState,
  facts: Partial<Action> = {},
): Action {
  return putAction(tenant, { ...action, ...facts, state, stateUpdatedAt: tenant.clock.now() });
}

/** Only an enrolled user is challenged; others get ALLOW, which `validate` does not count as success (protocol 3.3). */
export function stateFor(outcome: ActionOutcome, isEnrolled: boolean): ActionState {
  switch (outcome) {
    case "ALLOW":
      return "ALLOW";
    case "BLOCK":
      return "BLOCK";
    case "REVIEW":
      return "REVIEW_REQUIRED";
    case "CHALLENGE":
      return isEnrolled ? "CHALLENGE_REQUIRED" : "ALLOW";
  }
}

export function checkActionCode(actionCode: string): string {
  if (!actionCodePattern.test(actionCode)) {
    throw invalidRequest("The action code must be 1 to 64 letters, digits, underscores or hyphens.");
  }
  return actionCode;
}

export interface Completion extends ActionName {
  readonly authenticator: UserAuthenticator;
  readonly deviceId?: string | undefined;
}

/** Marks the action of a finished challenge as succeeded and returns the result token (protocol 3.4). */
export async function completeAction(tenant: Tenant, completion: Completion): Promise<string> {
  const { authenticator, deviceId, userId, actionCode, idempotencyKey } = completion;
  await askVerifyWebhook(tenant, { userId, actionCode, idempotencyKey }, authenticator);
  markSucceeded(tenant, { userId, actionCode, idempotencyKey }, authenticator.verificationMethod, {
    verifiedByAuthenticatorId: authenticator.userAuthenticatorId,
    ...(deviceId === undefined ? {} : { deviceId }),
  });
  return issueResultToken(tenant, { userId, actionCode, idempotencyKey });
}

export function markSucceeded(
  tenant: Tenant,
  name: ActionName,
  verificationMethod: VerificationMethod,
  facts: Partial<Action> = {},
): Action {
  requireNotBlocked(tenant, name);
  const found = findAction(tenant, name) ?? beginAction(tenant, name, "CHALLENGE_REQUIRED");
  const marked = moveAction(tenant, found, stateAfter(tenant, found), { ...facts, verificationMethod });
  if (marked.deviceId !== undefined) recordDevice(tenant, marked.userId, marked.deviceId, verificationMethod);
  return marked;
}

/** The state of an action whose challenge is finished. */
function stateAfter({ settings }: Tenant, action: Action | undefined): ActionState {
  const isReviewed = action?.state === "REVIEW_REQUIRED" && settings.reviewCompletion === "keep";
  return isReviewed ? "REVIEW_REQUIRED" : "CHALLENGE_SUCCEEDED";
}

/**
 * Asks the action's receiver of `action.verify` before the action succeeds. Any answer but 2xx blocks the challenge. The
 * authenticator of a code that is claimed is not known yet.
 */
export async function askVerifyWebhook(
  tenant: Tenant,
  name: ActionName,
  {
    verificationMethod,
    userAuthenticatorId,
  }: Pick<UserAuthenticator, "verificationMethod"> & Partial<Pick<UserAuthenticator, "userAuthenticatorId">>,
): Promise<void> {
  const { verifyWebhook } = actionSettings(tenant, name.actionCode);
  const state = stateAfter(tenant, findAction(tenant, name));
  if (verifyWebhook === undefined || state !== "CHALLENGE_SUCCEEDED") return;
  const { userId, actionCode, idempotencyKey } = name;
  await tenant.webhooks.ask(verifyWebhook, "action.verify", {
    ...{ userId, action: actionCode, idempotencyKey, verifiedAt: toIso(tenant.clock.now()) },
    ...{ state, verificationMethod, userAuthenticatorId },
  });
}

/** Too many wrong codes, if the tenant lets them fail the action. */
export function failAction(tenant: Tenant, name: ActionName): void {
  const action = findAction(tenant, name);
  if (tenant.settings.attemptsExceeded === "fail" && action?.state === "CHALLENGE_REQUIRED")
    moveAction(tenant, action, "CHALLENGE_FAILED");
}

/** A blocked action cannot be completed, and its token enrolls nothing. */
export function requireNotBlocked(tenant: Tenant, name: ActionName): void {
  if (findAction(tenant, name)?.state === "BLOCK") throw invalidRequest("The action is blocked.");
}

/** A token of the same occurrence without further scopes. */
export function issueChallengeToken(tenant: Tenant, token: ClientToken): string {
  const { userId, actionCode, idempotencyKey, username, scopes } = token;
  return tenant.tokens.issue({ userId, actionCode, idempotencyKey, username, scope: [...scopes].join(" ") });
}

export function issueResultToken(tenant: Tenant, name: ActionName): string {
  const username = tenant.state.users.get(name.userId)?.username;
  return tenant.tokens.issue({ ...name, username, scope: scopesAfterChallenge });
}

/** Sets `authenticatedAt` only for a finished challenge. */
export function recordDevice(
  tenant: Tenant,
  userId: string,
  deviceId: string,
  verificationMethod?: VerificationMethod,
): void {
  const { devices } = tenant.state;
  const key = JSON.stringify([userId, deviceId]);
  const now = tenant.clock.now();
  const known = devices.get(key) ?? { userId, deviceId, createdAt: now };
  devices.put(
    key,
    verificationMethod === undefined
      ? known
      : { ...known, authenticatedAt: now, lastVerificationMethod: verificationMethod },
  );
}

function keyOf({ userId, actionCode, idempotencyKey }: ActionName): string {
  return JSON.stringify([userId, actionCode, idempotencyKey]);
}
