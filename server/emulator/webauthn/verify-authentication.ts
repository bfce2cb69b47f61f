/** Verifies an authentication response (WebAuthn L3 7.2). */
import type { CredentialRecord } from "../tenant/records.ts";
import type { TenantSettings } from "../wire/tenant-settings.ts";
import { invalidCredential } from "../wire/wire-error.ts";
import { checkAuthenticatorData } from "./authenticator-data.ts";
import { type CeremonyResponse, checkClientData, requiredBytes } from "./client-data.ts";
import { loadVerifier } from "./verifier.ts";
import { messageOf } from "./verify-registration.ts";

export interface Authentication {
  readonly ceremony: CeremonyResponse;
  readonly webauthnChallenge: string;
  readonly settings: TenantSettings;
  readonly requireUserVerification: boolean;
  readonly record: CredentialRecord;
  readonly userId: string;
  note(text: string): void;
}

export interface VerifiedAuthentication {
  readonly signCount: number;
  readonly backedUp: boolean;
  readonly deviceType: "singleDevice" | "multiDevice";
}

/** The caller has found the credential record by credential ID. */
export async function verifyAuthentication(authentication: Authentication): Promise<VerifiedAuthentication> {
  const { ceremony, webauthnChallenge, settings, record, requireUserVerification } = authentication;
  const { credentialId, clientDataJSON, response } = ceremony;
  const { verifyAuthenticationResponse, isoBase64URL } = await loadVerifier();
  const authenticatorData = requiredBytes(response, "authenticatorData");
  const signature = requiredBytes(response, "signature");

  const origin = checkClientData(clientDataJSON, { type: "webauthn.get", webauthnChallenge, settings });
  const flags = checkAuthenticatorData(Buffer.from(authenticatorData, "base64url"), {
    rpId: settings.rpId,
    requireUserPresence: true,
    requireUserVerification,
  });
  const deviceType = flags.backupEligible ? "multiDevice" : "singleDevice";
  if (record.deviceType !== "unknown" && record.deviceType !== deviceType) {
    throw invalidCredential("backup eligibility changed since the registration");
  }

  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      id: credentialId,
      rawId: credentialId,
      type: "public-key",
      clientExtensionResults: {},
      response: { clientDataJSON, authenticatorData, signature },
    },
    expectedChallenge: webauthnChallenge,
    expectedOrigin: origin,
    expectedRPID: settings.rpId,
    // Counter 0 disables the library's check; checkCounter below follows the tenant's setting.
    credential: { id: credentialId, publicKey: isoBase64URL.toBuffer(record.publicKey), counter: 0 },
    requireUserVerification,
  }).catch((error: unknown) => {
    throw invalidCredential(`the authentication does not verify: ${messageOf(error)}`);
  });
  if (!verified) throw invalidCredential("the signature does not verify");

  checkUserHandle(response.userHandle, record.userHandle, authentication.userId);
  checkCounter(authenticationInfo.newCounter, authentication);
  return {
    signCount: authenticationInfo.newCounter,
    backedUp: authenticationInfo.credentialBackedUp,
    deviceType,
  };
}

/**
 * A user handle, if sent, must be the account's. Two more encodings are in use (protocol 5.2): iOS encodes the base64url
 * text again, and old clients send the plain user id.
 */
function checkUserHandle(sent: unknown, userHandle: string, userId: string): void {
  if (sent === undefined || sent === null || sent === "") return;
  const encodedTwice = Buffer.from(userHandle).toString("base64url");
  const unpadded = typeof sent === "string" ? sent.replace(/={1,2}$/, "") : sent;
  if (unpadded === userHandle || unpadded === encodedTwice || sent === userId) return;
  throw invalidCredential("the user handle belongs to another account");
}

function checkCounter(signCount: number, { record, settings, note }: Authentication): void {
  if (signCount === 0 && record.signCount === 0) return;
  if (signCount > record.signCount) return;
  const decrease = `the signature counter went from ${record.signCount} to ${signCount}`;
  // Synced passkeys have no meaningful counter (protocol 10, question 19).
  if (settings.counterRegression === "refuse" && record.deviceType === "singleDevice")
    throw invalidCredential(decrease);
  note(decrease);
}
