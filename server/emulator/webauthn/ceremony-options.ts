/** The options that a browser passes to `create()` and `get()`. */
import { createHash } from "node:crypto";
import { enrolledAuthenticators } from "../domain/authenticator-rules.ts";
import { userVerificationOf } from "../domain/permitted-methods.ts";
import type { CredentialRecord, UserAuthenticator } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Json } from "../wire/wire.ts";
import { offeredAlgorithms } from "./verify-registration.ts";

export interface RegistrationSubject {
  readonly actionCode: string;
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly webauthnChallenge: string;
  /** `undefined`: any authenticator. */
  readonly authenticatorAttachment: string | undefined;
  readonly verificationMethod: "PASSKEY" | "SECURITY_KEY";
}

/** Every field is present, because Android's deserialiser has no defaults (protocol 5.2). */
export function registrationOptions(tenant: Tenant, subject: RegistrationSubject): Json {
  const { rpId, rpName, authenticatorAttachment, passkeyRegistrationHints } = tenant.settings;
  const isPasskey = subject.verificationMethod === "PASSKEY";
  return {
    challenge: subject.webauthnChallenge,
    rp: { id: rpId, name: rpName },
    user: { id: userHandleOf(subject.userId), name: subject.username, displayName: subject.displayName },
    pubKeyCredParams: offeredAlgorithms.map((alg) => ({ alg, type: "public-key" })),
    timeout: 60_000,
    attestation: "none",
    excludeCredentials: descriptorsOf(
      enrolledAuthenticators(tenant, subject.userId),
      subject.verificationMethod,
    ),
    authenticatorSelection: {
      authenticatorAttachment:
        subject.authenticatorAttachment ??
        (isPasskey && authenticatorAttachment !== "all-supported" ? authenticatorAttachment : undefined),
      residentKey: isPasskey ? "required" : "discouraged",
      requireResidentKey: isPasskey,
      userVerification: userVerificationOf(tenant, subject.actionCode),
    },
    hints: isPasskey && passkeyRegistrationHints.length > 0 ? [...passkeyRegistrationHints] : undefined,
    extensions: { credProps: true },
  };
}

export interface AuthenticationSubject {
  readonly actionCode: string;
  readonly webauthnChallenge: string;
  /** `undefined`: any user with a passkey for this RP ID. */
  readonly userId: string | undefined;
  /** Without `userId`: lists the passkeys that were registered under this name. */
  readonly username?: string | undefined;
  readonly verificationMethod: "PASSKEY" | "SECURITY_KEY";
}

export function authenticationOptions(tenant: Tenant, subject: AuthenticationSubject): Json {
  return {
    challenge: subject.webauthnChallenge,
    rpId: tenant.settings.rpId,
    timeout: 60_000,
    userVerification: userVerificationOf(tenant, subject.actionCode),
    allowCredentials: descriptorsOf(allowedAuthenticators(tenant, subject), subject.verificationMethod),
  };
}

function allowedAuthenticators(
  tenant: Tenant,
  { userId, username }: AuthenticationSubject,
): readonly UserAuthenticator[] {
  if (userId !== undefined) return enrolledAuthenticators(tenant, userId);
  return username === undefined ? [] : tenant.state.userAuthenticators.where("username", username);
}

/**
 * The user handle of an account: its user id, which WebAuthn limits to 64 bytes; a longer one is hashed (both *inferred*,
 * protocol 10, question 16).
 */
export function userHandleOf(userId: string): string {
  const bytes = Buffer.from(userId);
  return (bytes.length <= 64 ? bytes : createHash("sha256").update(bytes).digest()).toString("base64url");
}

function descriptorsOf(
  authenticators: readonly UserAuthenticator[],
  verificationMethod: "PASSKEY" | "SECURITY_KEY",
) {
  return authenticators
    .filter((one) => one.verificationMethod === verificationMethod)
    .map((one) => one.credential)
    .filter((credential): credential is CredentialRecord => credential !== undefined)
    .map(({ credentialId, transports }) => ({
      id: credentialId,
      type: "public-key",
      transports: [...transports],
    }));
}
