/**
 * The JSON forms of WebAuthn Level 3, as far as the soft authenticator reads and writes them. Written down here
 * so that the kit leans on no DOM library and shares no type with the code that verifies.
 */
export interface CredentialDescriptorJSON {
  readonly id: string;
  readonly type: string;
  readonly transports?: readonly string[];
}

export interface CreationOptionsJSON {
  readonly rp: { readonly id?: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly challenge: string;
  readonly pubKeyCredParams: readonly { readonly type: string; readonly alg: number }[];
  readonly excludeCredentials?: readonly CredentialDescriptorJSON[];
  readonly authenticatorSelection?: {
    readonly authenticatorAttachment?: string;
    readonly residentKey?: string;
    readonly requireResidentKey?: boolean;
    readonly userVerification?: string;
  };
  readonly extensions?: object;
}

export interface RequestOptionsJSON {
  readonly challenge: string;
  readonly rpId?: string;
  readonly allowCredentials?: readonly CredentialDescriptorJSON[];
  readonly userVerification?: string;
}

export type Transport = "ble" | "hybrid" | "internal" | "nfc" | "usb";
export type Attachment = "platform" | "cross-platform";

export interface RegistrationResponseJSON {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly authenticatorAttachment: Attachment;
  readonly clientExtensionResults: { credProps?: { rk: boolean } };
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly authenticatorData: string;
    readonly transports: Transport[];
    readonly publicKey: string;
    readonly publicKeyAlgorithm: number;
  };
}

export interface AuthenticationResponseJSON {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly authenticatorAttachment: Attachment;
  readonly clientExtensionResults: Record<string, never>;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
}

export function toBase64url(bytes: ArrayBuffer | ArrayBufferView): string {
  return asBuffer(bytes).toString("base64url");
}

/** Written so that TypeScript before 5.7, where Uint8Array is not generic, reads the declaration too. */
export function fromBase64url(text: string): Uint8Array & { readonly buffer: ArrayBuffer } {
  return Uint8Array.from(Buffer.from(text, "base64url"));
}

function asBuffer(bytes: ArrayBuffer | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
}
