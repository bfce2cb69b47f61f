/** Makes passkeys whose private key is known, for virtual authenticators in test browsers. */
import { createECDH, createHmac } from "node:crypto";
import type { HeldPasskey } from "../authenticator/authenticator.ts";
import { encodeCbor } from "../authenticator/cbor.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { userHandleOf } from "../webauthn/ceremony-options.ts";

export interface VirtualPasskey {
  readonly userId: string;
  readonly userAuthenticatorId: string;
  /** SubjectPublicKeyInfo, DER, base64: what Playwright's `context.credentials` takes beside the private key. */
  readonly publicKey: string;
  /** The argument of the DevTools command `WebAuthn.addCredential`, with binary members in plain base64. */
  readonly credential: {
    readonly credentialId: string;
    readonly isResidentCredential: true;
    readonly rpId: string;
    readonly privateKey: string;
    readonly userHandle: string;
    readonly signCount: number;
    readonly userName: string;
    readonly userDisplayName: string;
    readonly backupEligibility: boolean;
    readonly backupState: boolean;
  };
}

export interface VirtualKeyPair {
  /** PKCS#8, DER. */
  readonly privateKey: Buffer;
  /** COSE_Key, base64url. */
  readonly publicKey: string;
}

/** The same name gives the same key, so that seeding again, also in another process, changes nothing. For tests only. */
export function deriveKeyPair(tenant: Tenant, name: string): VirtualKeyPair {
  for (let attempt = 0; ; attempt += 1) {
    const scalar = createHmac("sha256", `virtual passkey ${tenant.tenantId}`)
      .update(`${name} ${attempt}`)
      .digest();
    const curve = createECDH("prime256v1");
    try {
      curve.setPrivateKey(scalar);
    } catch {
      // Not below the group order, which happens once in 2^32.
      continue;
    }
    const point = curve.getPublicKey();
    const [x, y] = [point.subarray(1, 33), point.subarray(33)];
    return { privateKey: pkcs8(scalar, point), publicKey: coseKey(x, y) };
  }
}

// By hand: importing and exporting a key through node:crypto makes ten thousand seeded passkeys take ten times as long.
// What stands before the numbers of a P-256 key in PrivateKeyInfo with an ECPrivateKey, and in SubjectPublicKeyInfo.
const beforeScalar = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420";
const beforePoint = "a144034200";
const beforePublicPoint = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
/** Bytes of an uncompressed point. */
const pointLength = 65;

function pkcs8(scalar: Buffer, point: Buffer): Buffer {
  return Buffer.concat([hex(beforeScalar), scalar, hex(beforePoint), point]);
}

/** @param privateKey as `pkcs8` makes it */
function publicKeyOf(privateKey: Buffer): string {
  return Buffer.concat([hex(beforePublicPoint), privateKey.subarray(-pointLength)]).toString("base64");
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, "hex");
}

/** RFC 9053: key type EC2, algorithm ES256, curve P-256. */
function coseKey(x: Buffer, y: Buffer): string {
  const labels = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Uint8Array.from(x)],
    [-3, Uint8Array.from(y)],
  ]);
  return encodeCbor(labels).toString("base64url");
}

export interface VirtualPasskeyFacts {
  readonly userId: string;
  readonly userAuthenticatorId: string;
  /** base64url. */
  readonly credentialId: string;
  readonly privateKey: Buffer;
  readonly userName: string;
  readonly userDisplayName: string;
  readonly backupEligibility: boolean;
  readonly backupState: boolean;
}

export function virtualPasskey(tenant: Tenant, facts: VirtualPasskeyFacts): VirtualPasskey {
  return {
    userId: facts.userId,
    userAuthenticatorId: facts.userAuthenticatorId,
    publicKey: publicKeyOf(facts.privateKey),
    credential: {
      credentialId: Buffer.from(facts.credentialId, "base64url").toString("base64"),
      isResidentCredential: true,
      rpId: tenant.settings.rpId,
      privateKey: facts.privateKey.toString("base64"),
      userHandle: Buffer.from(userHandleOf(facts.userId), "base64url").toString("base64"),
      signCount: 0,
      userName: facts.userName,
      userDisplayName: facts.userDisplayName,
      backupEligibility: facts.backupEligibility,
      backupState: facts.backupState,
    },
  };
}

/** The same passkey for the emulator's own authenticator. */
export function heldPasskey({
  credentialId,
  privateKey,
  userHandle,
}: VirtualPasskey["credential"]): HeldPasskey {
  const base64url = (text: string) => Buffer.from(text, "base64").toString("base64url");
  return { credentialId: base64url(credentialId), privateKey, userHandle: base64url(userHandle) };
}
