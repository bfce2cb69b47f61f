/** The register of the Server API: what an app's backend calls, with its API secret key. */
import type { Operation } from "./api-operation.ts";
import { getAction } from "./server/actions/get-action.ts";
import { queryUserActions } from "./server/actions/query-user-actions.ts";
import { trackAction } from "./server/actions/track-action.ts";
import { updateAction } from "./server/actions/update-action.ts";
import { deleteAuthenticator } from "./server/authenticators/delete-authenticator.ts";
import { enrollVerifiedAuthenticator } from "./server/authenticators/enroll-verified-authenticator.ts";
import { getAuthenticators } from "./server/authenticators/get-authenticators.ts";
import { importPasskeys } from "./server/authenticators/import-passkeys.ts";
import { listAuthenticatorConfigurations } from "./server/authenticators/list-authenticator-configurations.ts";
import { claimChallenge } from "./server/challenges/claim-challenge.ts";
import { getChallenge } from "./server/challenges/get-challenge.ts";
import { initiateChallenge } from "./server/challenges/initiate-challenge.ts";
import { validateChallenge } from "./server/challenges/validate-challenge.ts";
import { verifyChallenge } from "./server/challenges/verify-challenge.ts";
import { getDevices } from "./server/devices/get-devices.ts";
import { invalidateDevice } from "./server/devices/invalidate-device.ts";
import { updateDevice } from "./server/devices/update-device.ts";
import { createSession } from "./server/sessions/create-session.ts";
import { refreshSession } from "./server/sessions/refresh-session.ts";
import { revokeSession } from "./server/sessions/revoke-session.ts";
import { revokeUserSessions } from "./server/sessions/revoke-user-sessions.ts";
import { validateSession } from "./server/sessions/validate-session.ts";
import { deleteUser } from "./server/users/delete-user.ts";
import { getUser } from "./server/users/get-user.ts";
import { queryUsers } from "./server/users/query-users.ts";
import { updateUser } from "./server/users/update-user.ts";

const server = { api: "server", caller: "api secret", support: "works" } as const;
const user = "/users/{userId}";
const action = `${user}/actions/{actionCode}/{idempotencyKey}`;

export const serverApi: readonly Operation[] = [
  {
    ...server,
    name: "track-action",
    method: "POST",
    path: `${user}/actions/{actionCode}`,
    evidence: "observed",
    test: "track answers a token for the browser",
    handle: trackAction,
  },
  {
    ...server,
    name: "validate-challenge",
    method: "POST",
    path: "/validate",
    evidence: "observed",
    test: "validate says that an unfinished challenge is not valid",
    handle: validateChallenge,
  },
  {
    ...server,
    name: "initiate-challenge",
    method: "POST",
    path: "/challenge",
    evidence: "documented",
    test: "a user signs in with an e-mail code through challenge, verify, claim and validate",
    handle: initiateChallenge,
  },
  {
    ...server,
    name: "verify-challenge",
    method: "POST",
    path: "/verify",
    evidence: "documented",
    test: "a user signs in with an e-mail code through challenge, verify, claim and validate",
    handle: verifyChallenge,
  },
  {
    ...server,
    name: "claim-challenge",
    method: "POST",
    path: "/claim",
    evidence: "documented",
    test: "a user signs in with an e-mail code through challenge, verify, claim and validate",
    handle: claimChallenge,
  },
  {
    ...server,
    name: "get-challenge",
    method: "GET",
    path: "/challenges",
    evidence: "documented",
    test: "the Server API says whether a challenge is completed",
    handle: getChallenge,
  },
  {
    ...server,
    name: "get-challenge-by-post",
    method: "POST",
    path: "/challenges",
    evidence: "pinned by an SDK",
    test: "the Server API says whether a challenge is completed",
    handle: getChallenge,
  },
  {
    ...server,
    name: "query-users",
    method: "GET",
    path: "/users",
    evidence: "documented",
    test: "users are found by an exact attribute, in pages",
    handle: queryUsers,
  },
  {
    ...server,
    name: "get-user",
    method: "GET",
    path: user,
    evidence: "observed",
    test: "an unknown user is answered as not enrolled",
    handle: getUser,
  },
  {
    ...server,
    name: "update-user",
    method: "PATCH",
    path: user,
    evidence: "observed",
    test: "updating a user keeps the other attributes",
    handle: updateUser,
  },
  {
    ...server,
    name: "update-user-by-post",
    method: "POST",
    path: user,
    evidence: "pinned by an SDK",
    test: "a user is updated by POST too, as the Java and Ruby SDKs do",
    handle: updateUser,
  },
  {
    ...server,
    name: "delete-user",
    method: "DELETE",
    path: user,
    evidence: "observed",
    test: "deleting a user deletes all records of that user",
    handle: deleteUser,
  },
  {
    ...server,
    name: "get-authenticators",
    method: "GET",
    path: `${user}/authenticators`,
    evidence: "observed",
    test: "the Server API enrolls a verified authenticator and shows its address in full",
    handle: getAuthenticators,
  },
  {
    ...server,
    name: "enroll-verified-authenticator",
    method: "POST",
    path: `${user}/authenticators`,
    evidence: "observed",
    test: "the Server API enrolls a verified authenticator and shows its address in full",
    handle: enrollVerifiedAuthenticator,
  },
  {
    ...server,
    name: "delete-authenticator",
    method: "DELETE",
    path: `${user}/authenticators/{userAuthenticatorId}`,
    evidence: "observed",
    test: "the Server API deletes an authenticator only for its owner",
    handle: deleteAuthenticator,
  },
  {
    ...server,
    name: "get-action",
    method: "GET",
    path: action,
    evidence: "observed",
    test: "the Server API reads and updates one occurrence of an action",
    handle: getAction,
  },
  {
    ...server,
    name: "update-action",
    method: "PATCH",
    path: action,
    evidence: "observed",
    test: "the Server API reads and updates one occurrence of an action",
    handle: updateAction,
  },
  {
    ...server,
    name: "query-user-actions",
    method: "GET",
    path: `${user}/actions`,
    evidence: "observed",
    test: "the Server API lists a user's actions, newest first and filtered",
    handle: queryUserActions,
  },
  {
    ...server,
    name: "create-session",
    method: "POST",
    path: "/sessions",
    evidence: "documented",
    test: "a session is created, validated, refreshed with rotation and revoked",
    handle: createSession,
  },
  {
    ...server,
    name: "validate-session",
    method: "POST",
    path: "/sessions/validate",
    evidence: "documented",
    test: "a session is created, validated, refreshed with rotation and revoked",
    handle: validateSession,
  },
  {
    ...server,
    name: "refresh-session",
    method: "POST",
    path: "/sessions/refresh",
    evidence: "documented",
    test: "a session is created, validated, refreshed with rotation and revoked",
    handle: refreshSession,
  },
  {
    ...server,
    name: "revoke-session",
    method: "POST",
    path: "/sessions/revoke",
    evidence: "documented",
    test: "a session is created, validated, refreshed with rotation and revoked",
    handle: revokeSession,
  },
  {
    ...server,
    name: "revoke-user-sessions",
    method: "POST",
    path: "/sessions/user/revoke",
    evidence: "documented",
    test: "the Server API revokes every session of a user",
    handle: revokeUserSessions,
  },
  {
    ...server,
    name: "get-devices",
    method: "GET",
    path: `${user}/devices`,
    evidence: "documented",
    test: "the Server API lists the devices that actions were tracked on, and invalidates one",
    handle: getDevices,
  },
  {
    ...server,
    name: "update-device",
    method: "PATCH",
    path: `${user}/devices/{deviceId}`,
    evidence: "documented",
    test: "a device is remembered until the time that update-device sets",
    handle: updateDevice,
  },
  {
    ...server,
    name: "invalidate-device",
    method: "POST",
    path: `${user}/devices/{deviceId}/invalidate`,
    evidence: "documented",
    test: "the Server API lists the devices that actions were tracked on, and invalidates one",
    handle: invalidateDevice,
  },
  {
    ...server,
    name: "import-passkeys",
    method: "POST",
    path: "/users/authenticators",
    evidence: "pinned by an SDK",
    test: "the Server API imports passkeys in a batch, in which each succeeds or fails alone",
    handle: importPasskeys,
  },
  {
    ...server,
    name: "list-authenticator-configurations",
    method: "GET",
    path: "/authenticators",
    evidence: "documented",
    test: "both APIs list the tenant's authenticator configurations with their ids",
    handle: listAuthenticatorConfigurations,
  },
];
