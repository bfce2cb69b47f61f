import type { Operation } from "./operation.ts";
import { listClientAuthenticators, lookUpPasskey } from "./operations/client-authenticators.ts";
import { beginCodeChallenge, beginCodeEnrollment, verifyCode } from "./operations/client-codes.ts";
import { passkeyAuthenticationOptions, verifyPasskey } from "./operations/passkey-authentication.ts";
import { initiatePasskeyChallenge } from "./operations/passkey-challenge.ts";
import { addPasskey, passkeyRegistrationOptions } from "./operations/passkey-registration.ts";

const client = { api: "client", support: "works" } as const;
const passkeys = "/client/user-authenticators/passkey";

/** What a browser (or a phone) calls, with a token or with the tenant's public id. */
export const clientApi: readonly Operation[] = [
  {
    ...client,
    caller: "tenant",
    name: "initiate-passkey-challenge",
    method: "POST",
    path: "/client/challenge",
    evidence: "pinned by an SDK",
    test: "signs in with a passkey that names its own user",
    handle: initiatePasskeyChallenge,
  },
  {
    ...client,
    caller: "token",
    name: "passkey-registration-options",
    method: "POST",
    path: `${passkeys}/registration-options`,
    evidence: "pinned by an SDK",
    test: "enrolls a passkey and completes the tracked action",
    handle: passkeyRegistrationOptions,
  },
  {
    ...client,
    caller: "token",
    name: "add-passkey",
    method: "POST",
    path: passkeys,
    evidence: "pinned by an SDK",
    test: "enrolls a passkey and completes the tracked action",
    handle: addPasskey,
  },
  {
    ...client,
    caller: "token or tenant",
    name: "passkey-authentication-options",
    method: "POST",
    path: `${passkeys}/authentication-options`,
    evidence: "pinned by an SDK",
    test: "signs in with a passkey that names its own user",
    handle: passkeyAuthenticationOptions,
  },
  {
    ...client,
    caller: "token or tenant",
    name: "verify-passkey",
    method: "POST",
    path: "/client/verify/passkey",
    evidence: "pinned by an SDK",
    test: "signs in with a passkey that names its own user",
    handle: verifyPasskey,
  },
  {
    ...client,
    caller: "tenant",
    name: "look-up-passkey",
    method: "GET",
    path: passkeys,
    evidence: "pinned by an SDK",
    test: "says whether a credential ID is known",
    handle: lookUpPasskey,
  },
  {
    ...client,
    caller: "token",
    name: "list-client-authenticators",
    method: "GET",
    path: "/client/user-authenticators",
    evidence: "pinned by an SDK",
    test: "lists a user's authenticators for the browser with masked addresses",
    handle: listClientAuthenticators,
  },
  {
    ...client,
    caller: "token",
    name: "start-email-otp-enrollment",
    method: "POST",
    path: "/client/user-authenticators/email-otp",
    evidence: "documented",
    test: "enrolls an e-mail address by a code in the browser",
    handle: beginCodeEnrollment("EMAIL_OTP"),
  },
  {
    ...client,
    caller: "token",
    name: "start-email-otp-challenge",
    method: "POST",
    path: "/client/challenge/email-otp",
    evidence: "documented",
    test: "challenges an enrolled e-mail address in the browser",
    handle: beginCodeChallenge("EMAIL_OTP"),
  },
  {
    ...client,
    caller: "token",
    name: "verify-email-otp",
    method: "POST",
    path: "/client/verify/email-otp",
    evidence: "documented",
    test: "enrolls an e-mail address by a code in the browser",
    handle: verifyCode("EMAIL_OTP"),
  },
];
