/** Operations that Authsignal has and the emulator does not: each answers 501 with its own name, to every caller. */
import type { Operation } from "./api-operation.ts";
import { notImplemented } from "./not-implemented.ts";

const push = "/client/user-authenticators/push";
const inApp = "/client/user-authenticators/in-app";
const rules = "/management/action-configurations/{actionCode}/rules";
const qrCode = "/client/user-authenticators/qr-code";

/** Below `/v1`, as the vendor's SDKs for phones and for calls write them. */
const paths: readonly (readonly [method: Operation["method"], path: string, name: string])[] = [
  ["GET", push, "get-push-credential"],
  ["POST", `${push}/remove`, "remove-push-credential"],
  ["GET", `${push}/challenge`, "get-push-challenge"],
  ["POST", `${push}/challenge`, "update-push-challenge"],
  ["POST", `${push}/challenge/sign`, "get-push-challenge-nonce"],
  ["POST", `${push}/sign`, "get-push-nonce"],
  ["GET", inApp, "get-in-app-credential"],
  ["POST", `${inApp}/remove`, "remove-in-app-credential"],
  ["POST", `${inApp}/challenge`, "update-in-app-challenge"],
  ["POST", `${inApp}/challenge/sign`, "get-in-app-challenge-nonce"],
  ["GET", qrCode, "get-qr-code-credential"],
  ["POST", `${qrCode}/remove`, "remove-qr-code-credential"],
  ["POST", `${qrCode}/challenge`, "update-qr-code-challenge"],
  ["POST", `${qrCode}/challenge/claim`, "claim-qr-code-challenge"],
  ["POST", "/terminal/challenge", "start-terminal-challenge"],
  ["POST", "/terminal/verify", "verify-terminal-challenge"],
  ["POST", "/call/start", "start-call"],
  ["POST", "/call/finish", "finish-call"],
  ["POST", "/users/email/{email}/challenge", "login-with-email"],
  ["GET", "/management/{resource}", "management-api-read"],
  ["POST", "/management/{resource}", "management-api-create"],
  ["PATCH", "/management/{resource}", "management-api-update"],
  ["GET", "/management/{resource}/{id}", "management-api-read-one"],
  ["PATCH", "/management/{resource}/{id}", "management-api-update-one"],
  ["DELETE", "/management/{resource}/{id}", "management-api-delete-one"],
  ["GET", rules, "management-api-read-rules"],
  ["POST", rules, "management-api-create-rule"],
  ["GET", `${rules}/{ruleId}`, "management-api-read-rule"],
  ["PATCH", `${rules}/{ruleId}`, "management-api-update-rule"],
  ["DELETE", `${rules}/{ruleId}`, "management-api-delete-rule"],
];

export const notEmulated: readonly Operation[] = paths.map(([method, path, name]) => ({
  name,
  method,
  path,
  api: path.startsWith("/client/") ? "client" : "server",
  caller: "not checked",
  support: "501",
  evidence: path.startsWith("/management/") ? "documented" : "pinned by an SDK",
  test: "every operation that is not emulated answers 501 with its name, to every caller",
  handle: notImplemented(name),
}));
