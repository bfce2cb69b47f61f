/** `POST /users/{userId}/actions/{actionCode}` (protocol 4.1): answers the state, and a token for the browser. */
import { decide } from "../../../domain/action-rules.ts";
import { enrollmentFactsFor } from "../../../domain/authenticator-rules.ts";
import { prebuiltUrl } from "../../../domain/prebuilt-ui.ts";
import {
  beginAction,
  checkActionCode,
  findAction,
  recordDevice,
  stateFor,
} from "../../../domain/tracked-actions.ts";
import { ensureUser, userIdOf } from "../../../domain/user-records.ts";
import { optionalFlag, optionalObject, optionalText, parseUrl } from "../../../wire/input.ts";
import { optionalAddress } from "../../../wire/person-addresses.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest, WireError } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";
import { readScope } from "../../scope.ts";

export function trackAction({ tenant, params, body, note }: Call): Json {
  const userId = userIdOf(params);
  const actionCode = checkActionCode(params.actionCode ?? "");
  if (tenant.settings.verificationMethods.length === 0) {
    throw new WireError("AUTHENTICATOR_NOT_FOUND", "The tenant has no authenticator configured.");
  }
  const scope = readScope(body) ?? "read:authenticators";
  const email = optionalAddress(body, "email");
  const phoneNumber = optionalAddress(body, "phoneNumber");
  const username = optionalText(body, "username");
  const locale = optionalText(body, "locale");
  const deviceId = optionalText(body, "deviceId");
  const custom = optionalObject(body, "custom");
  const idempotencyKey = optionalText(body, "idempotencyKey", 256) ?? tenant.random.uuid();
  const userAgent = optionalText(body, "userAgent");
  const ipAddress = optionalText(body, "ipAddress");

  const user = ensureUser(tenant, userId);
  const changed = { ...user, email: email ?? user.email, phoneNumber: phoneNumber ?? user.phoneNumber };
  if (email !== undefined && email !== user.email) changed.emailVerified = false;
  if (phoneNumber !== undefined && phoneNumber !== user.phoneNumber) changed.phoneNumberVerified = false;
  tenant.state.users.put(userId, {
    ...changed,
    username: username ?? user.username,
    locale: locale ?? user.locale,
  });
  const redirectUrl = readRedirectUrl(body);
  const redirectToSettings = optionalFlag(body, "redirectToSettings");
  const challengeId = optionalText(body, "challengeId");
  if (challengeId !== undefined && tenant.state.challenges.get(challengeId) === undefined)
    throw invalidRequest("The challenge is invalid.", "no challenge has this challengeId");
  if (challengeId !== undefined)
    note("challengeId has no effect: the emulator binds a challenge by claiming it");
  const decision = decide(tenant, actionCode, { userId, custom, deviceId, ipAddress, userAgent });
  if (deviceId !== undefined) recordDevice(tenant, userId, deviceId);

  const enrollment = enrollmentFactsFor(tenant, userId, actionCode);
  const name = { userId, actionCode, idempotencyKey };
  // Tracking an occurrence again answers its stored state and a new token (inferred, question 22).
  const action =
    findAction(tenant, name) ??
    beginAction(tenant, name, stateFor(decision.outcome, enrollment.isEnrolled), {
      ...{ ruleIds: decision.ruleIds, redirectUrl, redirectToSettings },
      userAgent,
      ipAddress,
      deviceId,
      locale,
      email,
      phoneNumber,
      custom,
    });
  const token = tenant.tokens.issue({ ...name, scope, username: username ?? user.username });
  return {
    state: action.state,
    idempotencyKey,
    url: prebuiltUrl(tenant, token),
    token,
    ...enrollment,
    ruleIds: [...(action.ruleIds ?? [])],
  };
}

function readRedirectUrl(body: Call["body"]): string | undefined {
  const redirectUrl = optionalText(body, "redirectUrl");
  if (redirectUrl === undefined) return undefined;
  const url = parseUrl(redirectUrl);
  // A URL that is a script would run on the emulator's page.
  if (url === null || ["javascript:", "data:"].includes(url.protocol))
    throw invalidRequest("redirectUrl must be a URL of a page or an app, with its scheme.");
  return redirectUrl;
}
