/** Makes passkeys and signs with them, with every knob and fault that a test may want: for suites in any language. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { invalidRequest } from "../wire/wire-error.ts";
import { type CborValue, encodeCbor } from "./cbor.ts";

export type KeyAlgorithm = "ES256" | "RS256" | "EdDSA";

/** What the authenticator does; a fault bends a single thing in its response, and the signature covers the bend. */
export interface AuthenticatorKnobs {
  /** Default ES256. */
  readonly algorithm?: KeyAlgorithm | undefined;
  /** Default: zeros. */
  readonly aaguid?: string | undefined;
  /** Default true. */
  readonly isUserVerified?: boolean | undefined;
  /** Default true. */
  readonly isUserPresent?: boolean | undefined;
  /** Default true: the passkey may be synced. */
  readonly backupEligibility?: boolean | undefined;
  /** Default: as `backupEligibility`. */
  readonly backupState?: boolean | undefined;
  /** Default 0. */
  readonly signCount?: number | undefined;
  /** Default internal. */
  readonly transport?: "ble" | "hybrid" | "internal" | "nfc" | "usb" | undefined;
}

export interface AuthenticatorFault {
  readonly clientData?: Readonly<Record<string, string | boolean>> | undefined;
  /** Puts the hash of this RP ID into the authenticator data. */
  readonly rpId?: string | undefined;
  /** Breaks the signature. Sign-in only. */
  readonly tamperedSignature?: boolean | undefined;
  /** base64url. Sign-in only. */
  readonly userHandle?: string | undefined;
  /** base64url. */
  readonly credentialId?: string | undefined;
}

export interface Ceremony {
  readonly challenge: string;
  readonly rpId: string;
  readonly origin: string;
  readonly knobs: AuthenticatorKnobs;
  readonly fault: AuthenticatorFault;
}

/** What a browser's password manager would hold. */
export interface HeldPasskey {
  /** base64url. */
  readonly credentialId: string;
  /** PKCS#8, DER, base64. */
  readonly privateKey: string;
  /** base64url. */
  readonly userHandle: string;
}

const flagsByte = ({
  isUserPresent = true,
  isUserVerified = true,
  ...backup
}: AuthenticatorKnobs): number => {
  const { backupEligibility = true, backupState = backupEligibility } = backup;
  return (
    (isUserPresent ? 1 : 0) | (isUserVerified ? 4 : 0) | (backupEligibility ? 8 : 0) | (backupState ? 16 : 0)
  );
};
const attestedCredentialData = 0x40;

/** `navigator.credentials.create`, as the JSON that a browser sends. */
export function createCredential(ceremony: Ceremony, userHandle: string) {
  const { knobs, fault } = ceremony;
  const { privateKey, publicKey } = newKeyPair(knobs.algorithm ?? "ES256");
  const id = randomBytes(32);
  const shownId = fault.credentialId === undefined ? id : Buffer.from(fault.credentialId, "base64url");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(shownId.length);
  const aaguid = Buffer.from((knobs.aaguid ?? "").replaceAll("-", "").padEnd(32, "0"), "hex");
  const attested = Buffer.concat([aaguid, length, shownId, encodeCbor(coseKey(publicKey))]);
  const authData = Buffer.concat([header(ceremony, attestedCredentialData), attested]);
  const attestation = new Map<string, CborValue>([
    ["fmt", "none"],
    ["attStmt", new Map()],
    ["authData", authData],
  ]);
  const credential: HeldPasskey = {
    credentialId: id.toString("base64url"),
    privateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
    userHandle,
  };
  const { transport = "internal" } = knobs;
  const response = {
    ...bare(shownId.toString("base64url"), transport),
    response: {
      clientDataJSON: clientData("webauthn.create", ceremony).toString("base64url"),
      attestationObject: encodeCbor(attestation).toString("base64url"),
      transports: transport === "internal" ? ["internal", "hybrid"] : [transport],
    },
  };
  return { credential, response };
}

/** `navigator.credentials.get`, as the JSON that a browser sends. */
export function assertCredential(ceremony: Ceremony, held: HeldPasskey) {
  const { fault, knobs } = ceremony;
  const key = privateKeyIn(held);
  const authenticatorData = header(ceremony, 0);
  const data = clientData("webauthn.get", ceremony);
  const signed = Buffer.concat([authenticatorData, createHash("sha256").update(data).digest()]);
  const signature = sign(key.asymmetricKeyType === "ed25519" ? null : "sha256", signed, key);
  // The last byte lies inside the numbers of a DER signature, which stays well-formed.
  if (fault.tamperedSignature === true) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  return {
    ...bare(fault.credentialId ?? held.credentialId, knobs.transport ?? "internal"),
    response: {
      clientDataJSON: data.toString("base64url"),
      authenticatorData: authenticatorData.toString("base64url"),
      signature: signature.toString("base64url"),
      userHandle: fault.userHandle ?? held.userHandle,
    },
  };
}

const usableKeys: readonly unknown[] = ["ec", "ed25519", "rsa"];

function privateKeyIn({ privateKey }: HeldPasskey): KeyObject {
  try {
    const key = createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" });
    if (usableKeys.includes(key.asymmetricKeyType)) return key;
  } catch (error) {
    // OpenSSL's words say nothing to a person who wrote a test.
    if (!(error instanceof Error)) throw error;
  }
  throw invalidRequest("credential.privateKey must be a key of a passkey: PKCS#8, DER, in base64.");
}

function bare(id: string, transport: string) {
  const authenticatorAttachment = transport === "internal" ? "platform" : "cross-platform";
  return { id, rawId: id, type: "public-key", authenticatorAttachment, clientExtensionResults: {} };
}

/** WebAuthn L3 6.1: RP ID hash, flags, signature counter. */
function header({ rpId, knobs, fault }: Ceremony, moreFlags: number): Buffer {
  const rest = Buffer.alloc(5);
  rest.writeUInt8(flagsByte(knobs) | moreFlags, 0);
  rest.writeUInt32BE(knobs.signCount ?? 0, 1);
  return Buffer.concat([
    createHash("sha256")
      .update(fault.rpId ?? rpId)
      .digest(),
    rest,
  ]);
}

function clientData(type: string, { challenge, origin, fault }: Ceremony): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...fault.clientData }));
}

function newKeyPair(algorithm: KeyAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === "RS256") return generateKeyPairSync("rsa", { modulusLength: 2048 });
  if (algorithm === "EdDSA") return generateKeyPairSync("ed25519");
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}

/** RFC 9053. */
function coseKey(key: KeyObject): ReadonlyMap<number, CborValue> {
  const jwk = createPublicKey(key.export({ type: "spki", format: "pem" })).export({ format: "jwk" });
  const bytes = (text = "") => Buffer.from(text, "base64url");
  if (jwk.kty === "RSA") {
    return new Map<number, CborValue>([
      [1, 3],
      [3, -257],
      [-1, bytes(jwk.n)],
      [-2, bytes(jwk.e)],
    ]);
  }
  const isEdwards = jwk.kty === "OKP";
  return new Map<number, CborValue>([
    [1, isEdwards ? 1 : 2],
    [3, isEdwards ? -8 : -7],
    [-1, isEdwards ? 6 : 1],
    [-2, bytes(jwk.x)],
    ...(isEdwards ? [] : [[-3, bytes(jwk.y)] as const]),
  ]);
}
