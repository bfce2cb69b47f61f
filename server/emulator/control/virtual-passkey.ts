/** Makes passkeys whose private key is known, for virtual authenticators in test browsers. */
import { createECDH, createHmac, createPrivateKey, createPublicKey } from "node:crypto";
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
    const privateKey = createPrivateKey({
      key: {
        kty: "EC",
        crv: "P-256",
        d: scalar.toString("base64url"),
        x: x.toString("base64url"),
        y: y.toString("base64url"),
      },
      format: "jwk",
    }).export({ type: "pkcs8", format: "der" });
    return { privateKey, publicKey: coseKey(x, y) };
  }
}

function publicKeyOf(privateKey: Buffer): string {
  const key = createPublicKey(createPrivateKey({ key: privateKey, format: "der", type: "pkcs8" }));
  return key.export({ type: "spki", format: "der" }).toString("base64");
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
