/**
 * The members of each operation's body and query. The service ignores unknown ones (protocol 0.7), so the emulator does
 * too, but it names them in the journal: a misspelt member would otherwise change nothing without a word.
 */
import { invalidRequest } from "../wire/wire-error.ts";
import type { Call, OperationFacts } from "./api-operation.ts";

interface RequestMembers {
  readonly body?: string;
  readonly query?: string;
  /** Members that the service has here and the emulator does not act on. */
  readonly withoutEffect?: string;
}

/** The same for all operations. */
const neverWithEffect = ["crypto", "customDomain", "securePaymentConfirmation", "paymentInstrument"];

const passkeySignIn = "challengeId username";
const userAttributes =
  "defaultVerificationMethod email emailVerified phoneNumber phoneNumberVerified username displayName custom locale";

const requestMembers: Readonly<Record<string, RequestMembers>> = {
  "track-action": {
    body: "idempotencyKey redirectUrl redirectToSettings ipAddress userAgent deviceId scope email phoneNumber username custom challengeId locale",
  },
  "validate-challenge": { body: "token userId action" },
  "initiate-challenge": {
    body: "verificationMethod action email phoneNumber idempotencyKey userId scope smsChannel locale deviceId ipAddress userAgent challengeId",
    withoutEffect: "custom",
  },
  "verify-challenge": { body: "challengeId verificationCode" },
  "claim-challenge": { body: "challengeId userId skipVerificationCheck" },
  "get-challenge": { query: "challengeId userId action verificationMethod" },
  "get-challenge-by-post": {
    body: "challengeId userId action verificationMethod",
    query: "challengeId userId action verificationMethod",
  },
  "query-users": { query: "username email phoneNumber token limit lastEvaluatedUserId" },
  "update-user": { body: userAttributes },
  "update-user-by-post": { body: userAttributes },
  "enroll-verified-authenticator": {
    body: "verificationMethod email phoneNumber otpUri isDefault oobChannel credentialId credentialPublicKey counter name transports aaguid",
  },
  "update-device": { body: "rememberedUntil" },
  "delete-user": { query: "actions" },
  "update-action": { body: "state" },
  "query-user-actions": { query: "fromDate codes state" },
  "create-session": { body: "token clientId action" },
  "validate-session": { body: "accessToken clientIds" },
  "refresh-session": { body: "refreshToken" },
  "revoke-session": { body: "accessToken" },
  "revoke-user-sessions": { body: "userId" },
  "import-passkeys": { body: "authenticators" },
  "initiate-passkey-challenge": { body: "action idempotencyKey" },
  "initiate-passkey-challenge-web": { body: "action idempotencyKey" },
  "passkey-registration-options": { body: "username displayName authenticatorAttachment" },
  "passkey-registration-options-web": { body: "username displayName authenticatorAttachment" },
  "add-passkey": { body: "registrationCredential conditionalCreate challengeId deviceId" },
  "passkey-authentication-options": { body: passkeySignIn },
  "passkey-authentication-options-web": { body: passkeySignIn },
  "verify-passkey": { body: "authenticationCredential deviceId challengeId" },
  "look-up-passkey": { query: "credentialIds credentialId" },
  "start-email-otp-enrollment": { body: "email" },
  "start-email-otp-challenge": { body: "userAuthenticatorId" },
  "verify-email-otp": { body: "verificationCode" },
  "start-sms-enrollment": { body: "phoneNumber smsChannel" },
  "start-sms-challenge": { body: "userAuthenticatorId smsChannel" },
  "verify-sms": { body: "verificationCode" },
  "start-whatsapp-challenge": { body: "userAuthenticatorId" },
  "verify-whatsapp": { body: "verificationCode" },
  "verify-totp": { body: "verificationCode" },
  "start-email-magic-link-enrollment": { body: "email" },
  "finalize-email-magic-link": { body: "challengeId" },
  "start-email-magic-link-challenge": { body: "userAuthenticatorId" },
  "follow-email-magic-link": { query: "challengeId code" },
  // The bare credential of a WebAuthn ceremony, whose members are the browser's.
  "add-security-key": { body: "*" },
  "verify-security-key": { body: "*" },
};

/** Split once, because every request asks. */
const knownMembers = new Map(
  Object.entries(requestMembers).map(([name, { body = "", query = "", withoutEffect = "" }]) => [
    name,
    {
      body: body.split(" "),
      query: query.split(" "),
      withoutEffect: [...neverWithEffect, ...withoutEffect.split(" ")],
    },
  ]),
);
const none = { body: [""], query: [""], withoutEffect: neverWithEffect };

/** Names unknown members in the journal, or refuses them if the tenant says so. */
export function reportUnknownMembers({ name }: OperationFacts, call: Call): void {
  const { body, query, withoutEffect } = knownMembers.get(name) ?? none;
  report("body", Object.keys(call.body), body);
  report("query", [...call.query.keys()], query);

  function report(place: string, names: readonly string[], known: readonly string[]): void {
    if (known.includes("*")) return;
    for (const member of names) {
      if (known.includes(member)) continue;
      if (withoutEffect.includes(member)) {
        call.note(`${member} has no effect in the emulator`);
        continue;
      }
      const takes = known[0] === "" ? "takes none" : `takes ${known.join(", ")}`;
      const sentence = `${JSON.stringify(member)} is not a member of the ${place}: ${name} ${takes}`;
      if (call.tenant.settings.unknownMembers === "refuse") throw invalidRequest(`${sentence}.`);
      call.note(sentence);
    }
  }
}
