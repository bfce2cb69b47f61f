/** Verifies a registration response (WebAuthn L3 7.1). */
import type { isoCBOR } from "@simplewebauthn/server/helpers";
import type { Input } from "../wire/input.ts";
import type { TenantSettings } from "../wire/tenant-settings.ts";
import { invalidCredential } from "../wire/wire-error.ts";
import { checkAuthenticatorData } from "./authenticator-data.ts";
import { checkClientData, readCeremonyResponse, requiredBytes } from "./client-data.ts";
import { loadVerifier } from "./verifier.ts";

type CborValue = Parameters<typeof isoCBOR.encode>[0];

/** EdDSA, ES256, RS256. */
export const offeredAlgorithms = [-8, -7, -257];

export interface Registration {
  readonly credential: Input;
  readonly webauthnChallenge: string;
  readonly settings: TenantSettings;
  readonly requireUserVerification: boolean;
  /** A conditional create happens without a gesture, so its UP flag may be clear (WebAuthn L3 7.1 step 15). */
  readonly conditional: boolean;
  isRegistered(credentialId: string): boolean;
}

export interface VerifiedRegistration {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly aaguid: string;
  readonly deviceType: "singleDevice" | "multiDevice";
  readonly backedUp: boolean;
  readonly attachment: string | undefined;
}

/** Own checks run first, each with a reason for the journal; the library then checks the attestation and the key. */
export async function verifyRegistration(registration: Registration): Promise<VerifiedRegistration> {
  const { credential, settings, webauthnChallenge, conditional } = registration;
  const verifier = await loadVerifier();
  const { credentialId, response, clientDataJSON, attachment } = readCeremonyResponse(credential);
  const attestationObject = requiredBytes(response, "attestationObject");

  const origin = checkClientData(clientDataJSON, { type: "webauthn.create", webauthnChallenge, settings });
  checkAuthenticatorData(authenticatorDataOf(verifier, attestationObject), {
    rpId: settings.rpId,
    requireUserPresence: !conditional,
    requireUserVerification: registration.requireUserVerification && !conditional,
  });
  if (registration.isRegistered(credentialId))
    throw invalidCredential("the credential is already registered");

  const { verified, registrationInfo } = await verifier
    .verifyRegistrationResponse({
      response: {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        clientExtensionResults: {},
        response: { clientDataJSON, attestationObject },
      },
      expectedChallenge: webauthnChallenge,
      expectedOrigin: origin,
      expectedRPID: settings.rpId,
      requireUserPresence: !conditional,
      requireUserVerification: registration.requireUserVerification && !conditional,
      supportedAlgorithmIDs: offeredAlgorithms,
    })
    .catch((error: unknown) => {
      throw invalidCredential(`the registration does not verify: ${messageOf(error)}`);
    });
  if (!verified) throw invalidCredential("the attestation statement does not verify");
  // The id beside the attestation is not signed; the one inside it is.
  if (registrationInfo.credential.id !== credentialId) {
    throw invalidCredential("the credential ID differs from the one in the authenticator data");
  }

  return {
    credentialId,
    publicKey: toText(registrationInfo.credential.publicKey),
    signCount: registrationInfo.credential.counter,
    transports: textsIn(response.transports),
    aaguid: registrationInfo.aaguid,
    deviceType: registrationInfo.credentialDeviceType,
    backedUp: registrationInfo.credentialBackedUp,
    attachment,
  };
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

function authenticatorDataOf(
  { decodeAttestationObject, isoBase64URL, isoCBOR }: Awaited<ReturnType<typeof loadVerifier>>,
  attestationObject: string,
): Uint8Array {
  try {
    const bytes = isoBase64URL.toBuffer(attestationObject);
    const decoded = decodeAttestationObject(bytes);
    const authenticatorData: unknown = decoded.get("authData");
    // The decoder ignores bytes after the first item; canonical CBOR (CTAP2) encodes back to the same length.
    const isWhole = isoCBOR.encode(decoded as CborValue).length === bytes.length;
    if (authenticatorData instanceof Uint8Array && isWhole) return authenticatorData;
  } catch (error) {
    throw invalidCredential(`the attestation object does not decode: ${messageOf(error)}`);
  }
  throw invalidCredential("the attestation object is not one CBOR map with authData");
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "not an error";
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string").slice(0, 8) : [];
}
