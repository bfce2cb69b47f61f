/**
 * Creates a registration response without an authenticator, to check whether Authsignal accepts an origin: an ES256 key
 * and the `none` attestation (WebAuthn Level 3, sections 6.5 and 8.7). The private key is not kept.
 */
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";

const userPresentAndAttested = 0x01 | 0x40;
const userVerified = 0x04;

export interface TrialPasskey {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly authenticatorAttachment: "platform";
  readonly clientExtensionResults: object;
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: readonly string[];
  };
}

export interface TrialCeremony {
  readonly rpId: string;
  readonly origin: string;
  readonly webauthnChallenge: string;
  /** What the authenticator says of a PIN or biometrics. */
  readonly isUserVerified: boolean;
}

export function createTrialPasskey(ceremony: TrialCeremony): TrialPasskey {
  const { rpId, origin, webauthnChallenge, isUserVerified } = ceremony;
  const credentialId = randomBytes(32);
  const authenticatorData = Buffer.concat([
    createHash("sha256").update(rpId).digest(),
    Buffer.from([userPresentAndAttested | (isUserVerified ? userVerified : 0), 0, 0, 0, 0]),
    Buffer.alloc(16),
    Buffer.from([0, credentialId.length]),
    credentialId,
    newPublicKey(),
  ]);
  // CBOR: { fmt: "none", attStmt: {}, authData: bytes }.
  const attestationObject = Buffer.concat([
    Buffer.from([0xa3]),
    text("fmt"),
    text("none"),
    text("attStmt"),
    Buffer.from([0xa0]),
    text("authData"),
    Buffer.from([0x58, authenticatorData.length]),
    authenticatorData,
  ]);
  const clientData = { type: "webauthn.create", challenge: webauthnChallenge, origin, crossOrigin: false };
  const id = credentialId.toString("base64url");
  return {
    id,
    rawId: id,
    type: "public-key",
    authenticatorAttachment: "platform",
    clientExtensionResults: {},
    response: {
      clientDataJSON: Buffer.from(JSON.stringify(clientData)).toString("base64url"),
      attestationObject: attestationObject.toString("base64url"),
      transports: ["internal"],
    },
  };
}

/** COSE: { kty: EC2, alg: ES256, crv: P-256, x, y }. */
function newPublicKey(): Buffer {
  const { x = "", y = "" } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({
    format: "jwk",
  });
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
    Buffer.from(x, "base64url"),
    Buffer.from([0x22, 0x58, 0x20]),
    Buffer.from(y, "base64url"),
  ]);
}

/** A CBOR text of fewer than 24 bytes. */
function text(word: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + word.length]), Buffer.from(word)]);
}
