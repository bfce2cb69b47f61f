/**
 * What a credential is made of, and how it is made: one key pair through nid-webauthn-emulator, and the bytes
 * that WebAuthn Level 3 section 6.1 lays out (authenticator data) and section 5.8.1 (client data).
 */
import { createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { PasskeyDiscoverableCredential } from "nid-webauthn-emulator";
import { loadOptional } from "../../server/http/optional-package.ts";
import { type AuthenticatorFlags, type CeremonyFault, encodeFlags } from "./ceremony-fault.ts";
import { type CreationOptionsJSON, fromBase64url, toBase64url } from "./webauthn-json.ts";

export type Algorithm = "ES256" | "RS256" | "EdDSA";

/** A credential as the authenticator keeps it, without the private key. */
export interface SoftCredential {
  readonly credentialId: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly userName: string;
  readonly displayName: string;
  readonly isResidentCredential: boolean;
  readonly backupEligible: boolean;
  readonly backupState: boolean;
  readonly signCount: number;
}

export interface StoredCredential extends SoftCredential {
  readonly privateKey: KeyObject;
}

export interface Attestation {
  readonly credentialId: string;
  readonly privateKey: KeyObject;
  readonly attestationObject: string;
  readonly authenticatorData: string;
  readonly publicKey: string;
  readonly publicKeyAlgorithm: number;
}

/** The length of RP ID hash, flags and signature counter: what a fault may rewrite without moving a byte. */
const headerLength = 37;

const importLibrary = () => import("nid-webauthn-emulator");
type Library = Awaited<ReturnType<typeof importLibrary>>;

interface Make {
  readonly aaguid: string;
  readonly algorithms: readonly Algorithm[];
}

/** What needs the library, without its types: those need the DOM's, which a backend does not have. */
export interface CredentialMaker {
  /** Makes a key pair and its `none` attestation. Throws NotSupportedError when no algorithm fits. */
  make(options: CreationOptionsJSON, origin: string, make: Make): Attestation;
  /** The RP ID that a page of this origin may use. Throws the browser's SecurityError for any other. */
  requireRpId(rpId: string | undefined, origin: string): string;
}

/** Loaded with the first ceremony: a suite without one does not need the package. */
export async function loadCredentialMaker(): Promise<CredentialMaker> {
  const library = await loadOptional("The soft authenticator", ["nid-webauthn-emulator"], importLibrary);
  return {
    make: (...call) => makeCredential(library, ...call),
    requireRpId: (...call) => requireRpId(library, ...call),
  };
}

function makeCredential(
  { AuthenticatorEmulator, WebAuthnEmulator }: Library,
  options: CreationOptionsJSON,
  origin: string,
  make: Make,
): Attestation {
  const kept: PasskeyDiscoverableCredential[] = [];
  const emulator = new WebAuthnEmulator(
    new AuthenticatorEmulator({
      aaguid: Uint8Array.from(Buffer.from(make.aaguid.replaceAll("-", ""), "hex")),
      algorithmIdentifiers: make.algorithms,
      credentialsRepository: {
        saveCredential: (credential) => kept.push(credential),
        deleteCredential: () => undefined,
        loadCredentials: () => kept,
      },
    }),
  );
  const { id, response } = emulator.createJSON(origin, {
    rp: options.rp,
    user: options.user,
    challenge: options.challenge,
    pubKeyCredParams: options.pubKeyCredParams.map(({ alg }) => ({ type: "public-key" as const, alg })),
  });
  const source = kept[0]?.publicKeyCredentialSource;
  if (source === undefined || response.publicKey === undefined || response.publicKeyAlgorithm === undefined) {
    throw new Error("nid-webauthn-emulator kept no key");
  }
  return {
    credentialId: id,
    privateKey: createPrivateKey({ key: Buffer.from(source.privateKey), format: "der", type: "pkcs8" }),
    attestationObject: response.attestationObject,
    authenticatorData: response.authenticatorData,
    publicKey: response.publicKey,
    publicKeyAlgorithm: response.publicKeyAlgorithm,
  };
}

/** The first 37 bytes of authenticator data: whose site, which flags, how often used. */
export function encodeHeader(
  header: { readonly rpId: string; readonly flags: AuthenticatorFlags; readonly signCount: number },
  attested: boolean,
): Buffer {
  const rest = Buffer.alloc(5);
  rest.writeUInt8(encodeFlags(header.flags, attested), 0);
  rest.writeUInt32BE(header.signCount, 1);
  return Buffer.concat([sha256(header.rpId), rest]);
}

/** Puts another header into an attestation. `none` attestation is not signed, so the bytes simply change. */
export function withHeader(
  attestation: Attestation,
  header: Buffer,
): { readonly attestationObject: string; readonly authenticatorData: string } {
  const object = fromBase64url(attestation.attestationObject);
  const data = fromBase64url(attestation.authenticatorData);
  const at = Buffer.from(object.buffer).indexOf(data);
  if (header.length !== headerLength || at < 0) throw new Error("The attestation has an unknown layout");
  object.set(header, at);
  data.set(header, 0);
  return { attestationObject: toBase64url(object), authenticatorData: toBase64url(data) };
}

/** The client data of a ceremony, as the bytes that get hashed. */
export function encodeClientData(
  type: "webauthn.create" | "webauthn.get",
  challenge: string,
  origin: string,
  fault: CeremonyFault,
): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...fault.clientData }));
}

/** Signs authenticator data and client data as an assertion does. */
export function signAssertion(key: KeyObject, authenticatorData: Buffer, clientData: Buffer): Buffer {
  const digest = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return sign(digest, Buffer.concat([authenticatorData, sha256(clientData)]), key);
}

function requireRpId({ RpId }: Library, rpId: string | undefined, origin: string): string {
  const host = new URL(origin).hostname;
  const wanted = rpId ?? host;
  const isSuffix = host === wanted || host.endsWith(`.${wanted}`);
  if (isSuffix && new RpId(wanted).validate(origin)) return wanted;
  throw new DOMException(`The RP ID "${wanted}" does not fit the origin ${origin}.`, "SecurityError");
}

function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}
