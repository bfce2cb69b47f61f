/**
 * Every operation of our REST API, by name. Paths are relative to wherever the host mounts the router
 * (`/api` in this app). Server, client and OpenAPI all read this table, so no path is typed twice. `:id` stands
 * for the id of a passkey or a session.
 */
import { firstRoutes } from "./first-routes.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  readonly method: HttpMethod;
  readonly path: string;
}

export const routes = {
  challengeOtp: firstRoutes.challengeOtp,
  verifyOtp: { method: "POST", path: "/otp/verify" },
  createEnrollToken: { method: "POST", path: "/enroll-token" },
  validate: { method: "POST", path: "/validate" },
  getSession: firstRoutes.getSession,
  deleteSession: { method: "DELETE", path: "/session" },
  listSessions: { method: "GET", path: "/sessions" },
  endSession: { method: "DELETE", path: "/sessions/:id" },
  endOtherSessions: { method: "DELETE", path: "/sessions" },
  beginRecovery: { method: "POST", path: "/recovery" },
  cancelRecovery: { method: "DELETE", path: "/recovery" },
  beginEmailChange: { method: "POST", path: "/email-change" },
  finishEmailChange: { method: "POST", path: "/email-change/verify" },
  deleteAccount: { method: "DELETE", path: "/account" },
  createStepUpToken: { method: "POST", path: "/step-up-token" },
  listPasskeys: { method: "GET", path: "/passkeys" },
  renamePasskey: { method: "PATCH", path: "/passkeys/:id" },
  deletePasskey: { method: "DELETE", path: "/passkeys/:id" },
  answerPasskeyOffer: { method: "PUT", path: "/passkey-offer" },
  listActivity: { method: "GET", path: "/activity" },
  reportCeremony: { method: "POST", path: "/ceremony-report" },
  reportNotMe: { method: "POST", path: "/not-me" },
  getConfig: firstRoutes.getConfig,
} as const satisfies Record<string, Route>;

export type OperationName = keyof typeof routes;
