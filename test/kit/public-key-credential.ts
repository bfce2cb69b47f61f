/**
 * `PublicKeyCredential` for pages that run over the soft authenticator: feature detection, and the three signals
 * by which a site keeps a password manager true.
 */
import type { SoftAuthenticator } from "./soft-authenticator.ts";
import {
  type AuthenticationResponseJSON,
  fromBase64url,
  type RegistrationResponseJSON,
} from "./webauthn-json.ts";

export type CeremonyResponse = RegistrationResponseJSON | AuthenticationResponseJSON;

interface UnknownCredential {
  readonly rpId: string;
  readonly credentialId: string;
}

interface AllAcceptedCredentials {
  readonly rpId: string;
  readonly userId: string;
  readonly allAcceptedCredentialIds: readonly string[];
}

interface CurrentUserDetails {
  readonly rpId: string;
  readonly userId: string;
  readonly name: string;
  readonly displayName: string;
}

/** A `Credential` of the DOM, whose types a backend's project does not have. */
export interface PageCredential {
  readonly id: string;
  readonly type: string;
}

/** The constructor and its static side, as far as pages and the SDK use them. */
export interface PublicKeyCredentialClass {
  new (made: CeremonyResponse, response: object): PageCredential;
  isUserVerifyingPlatformAuthenticatorAvailable(): Promise<boolean>;
  isConditionalMediationAvailable(): Promise<boolean>;
  getClientCapabilities(): Promise<Record<string, boolean>>;
  signalUnknownCredential(signal: UnknownCredential): Promise<void>;
  signalAllAcceptedCredentials(signal: AllAcceptedCredentials): Promise<void>;
  signalCurrentUserDetails(signal: CurrentUserDetails): Promise<void>;
}

/** The class as pages know it: instances carry bytes, the static side says what the authenticator can do. */
export function publicKeyCredentialClass(authenticator: SoftAuthenticator): PublicKeyCredentialClass {
  return class PublicKeyCredential implements Credential {
    readonly id: string;
    readonly type = "public-key";
    readonly rawId: ArrayBuffer;
    readonly authenticatorAttachment: string;
    readonly response: object;
    readonly #made: CeremonyResponse;

    constructor(made: CeremonyResponse, response: object) {
      this.id = made.id;
      this.rawId = fromBase64url(made.id).buffer;
      this.authenticatorAttachment = made.authenticatorAttachment;
      this.response = response;
      this.#made = made;
    }

    getClientExtensionResults(): object {
      return this.#made.clientExtensionResults;
    }

    toJSON(): CeremonyResponse {
      return this.#made;
    }

    static async isUserVerifyingPlatformAuthenticatorAvailable(): Promise<boolean> {
      return true;
    }
    static async isConditionalMediationAvailable(): Promise<boolean> {
      return true;
    }
    static async getClientCapabilities(): Promise<Record<string, boolean>> {
      return {
        conditionalCreate: false,
        conditionalGet: true,
        hybridTransport: true,
        passkeyPlatformAuthenticator: true,
        userVerifyingPlatformAuthenticator: true,
        relatedOrigins: true,
        signalAllAcceptedCredentials: true,
        signalCurrentUserDetails: true,
        signalUnknownCredential: true,
      };
    }
    static async signalUnknownCredential(signal: UnknownCredential): Promise<void> {
      for (const held of authenticator.credentials()) {
        if (held.rpId === signal.rpId && held.credentialId === signal.credentialId) {
          authenticator.removeCredential(held.credentialId);
        }
      }
    }
    static async signalAllAcceptedCredentials(signal: AllAcceptedCredentials): Promise<void> {
      for (const held of authenticator.credentials()) {
        const isTheirs = held.rpId === signal.rpId && held.userHandle === signal.userId;
        if (isTheirs && !signal.allAcceptedCredentialIds.includes(held.credentialId)) {
          authenticator.removeCredential(held.credentialId);
        }
      }
    }
    static async signalCurrentUserDetails(signal: CurrentUserDetails): Promise<void> {
      const { rpId, userId, name, displayName } = signal;
      authenticator.renameUser(rpId, userId, { userName: name, displayName });
    }
  };
}
