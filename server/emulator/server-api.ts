import type { Operation } from "./operation.ts";
import { getAction, queryUserActions, updateAction } from "./operations/actions.ts";
import {
  deleteAuthenticator,
  enrollVerifiedAuthenticator,
  getAuthenticators,
} from "./operations/authenticators.ts";
import { claimChallenge } from "./operations/claim-challenge.ts";
import { deleteUser } from "./operations/delete-user.ts";
import { getChallenge } from "./operations/get-challenge.ts";
import { getUser } from "./operations/get-user.ts";
import { initiateChallenge } from "./operations/initiate-challenge.ts";
import { queryUsers } from "./operations/query-users.ts";
import { trackAction } from "./operations/track-action.ts";
import { updateUser } from "./operations/update-user.ts";
import { validateChallenge } from "./operations/validate-challenge.ts";
import { verifyChallenge } from "./operations/verify-challenge.ts";

const server = { api: "server", caller: "api secret", support: "works" } as const;
const user = "/users/{userId}";
const action = `${user}/actions/{actionCode}/{idempotencyKey}`;

/** What an app's backend calls, with its API secret key. */
export const serverApi: readonly Operation[] = [
  {
    ...server,
    name: "track-action",
    method: "POST",
    path: `${user}/actions/{actionCode}`,
    evidence: "observed",
    test: "tracks an action and answers a token for the browser",
    handle: trackAction,
  },
  {
    ...server,
    name: "validate-challenge",
    method: "POST",
    path: "/validate",
    evidence: "observed",
    test: "says that an unfinished challenge is not valid",
    handle: validateChallenge,
  },
  {
    ...server,
    name: "initiate-challenge",
    method: "POST",
    path: "/challenge",
    evidence: "documented",
    test: "signs in with an e-mail code: challenge, verify, claim, validate",
    handle: initiateChallenge,
  },
  {
    ...server,
    name: "verify-challenge",
    method: "POST",
    path: "/verify",
    evidence: "documented",
    test: "signs in with an e-mail code: challenge, verify, claim, validate",
    handle: verifyChallenge,
  },
  {
    ...server,
    name: "claim-challenge",
    method: "POST",
    path: "/claim",
    evidence: "documented",
    test: "signs in with an e-mail code: challenge, verify, claim, validate",
    handle: claimChallenge,
  },
  {
    ...server,
    name: "get-challenge",
    method: "GET",
    path: "/challenges",
    evidence: "documented",
    test: "tells whether a challenge is completed",
    handle: getChallenge,
  },
  {
    ...server,
    name: "get-challenge-by-post",
    method: "POST",
    path: "/challenges",
    evidence: "pinned by an SDK",
    test: "tells whether a challenge is completed",
    handle: getChallenge,
  },
  {
    ...server,
    name: "query-users",
    method: "GET",
    path: "/users",
    evidence: "documented",
    test: "finds users by an exact attribute, in pages",
    handle: queryUsers,
  },
  {
    ...server,
    name: "get-user",
    method: "GET",
    path: user,
    evidence: "observed",
    test: "answers an unknown user as somebody who is not enrolled",
    handle: getUser,
  },
  {
    ...server,
    name: "update-user",
    method: "PATCH",
    path: user,
    evidence: "observed",
    test: "updates some attributes and keeps the others",
    handle: updateUser,
  },
  {
    ...server,
    name: "update-user-by-post",
    method: "POST",
    path: user,
    evidence: "pinned by an SDK",
    test: "updates a user by POST, as the Java and Ruby SDKs do",
    handle: updateUser,
  },
  {
    ...server,
    name: "delete-user",
    method: "DELETE",
    path: user,
    evidence: "observed",
    test: "forgets a deleted user with everything that hangs on them",
    handle: deleteUser,
  },
  {
    ...server,
    name: "get-authenticators",
    method: "GET",
    path: `${user}/authenticators`,
    evidence: "observed",
    test: "enrolls a verified authenticator and shows its address in full",
    handle: getAuthenticators,
  },
  {
    ...server,
    name: "enroll-verified-authenticator",
    method: "POST",
    path: `${user}/authenticators`,
    evidence: "observed",
    test: "enrolls a verified authenticator and shows its address in full",
    handle: enrollVerifiedAuthenticator,
  },
  {
    ...server,
    name: "delete-authenticator",
    method: "DELETE",
    path: `${user}/authenticators/{userAuthenticatorId}`,
    evidence: "observed",
    test: "deletes an authenticator of its owner only",
    handle: deleteAuthenticator,
  },
  {
    ...server,
    name: "get-action",
    method: "GET",
    path: action,
    evidence: "observed",
    test: "reads and updates one occurrence of an action",
    handle: getAction,
  },
  {
    ...server,
    name: "update-action",
    method: "PATCH",
    path: action,
    evidence: "observed",
    test: "reads and updates one occurrence of an action",
    handle: updateAction,
  },
  {
    ...server,
    name: "query-user-actions",
    method: "GET",
    path: `${user}/actions`,
    evidence: "observed",
    test: "lists a user's actions, newest first, filtered",
    handle: queryUserActions,
  },
];
