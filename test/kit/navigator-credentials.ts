/**
 * A browser's face for the soft authenticator: what a page sees as `navigator.credentials` and
 * `PublicKeyCredential`, so that the real `@authsignal/browser` runs in jsdom. Autofill behaves as a person's
 * browser does: the conditional request stays pending until a test picks a passkey.
 */
import {
  type PageCredential,
  type PublicKeyCredentialClass,
  publicKeyCredentialClass,
} from "./public-key-credential.ts";
import type { SoftAuthenticator } from "./soft-authenticator.ts";
import {
  type CreationOptionsJSON,
  type CredentialDescriptorJSON,
  fromBase64url,
  type RequestOptionsJSON,
  toBase64url,
} from "./webauthn-json.ts";

/** What a page and its test hold of the browser. */
export interface BrowserWebAuthn {
  /** For `navigator.credentials`. */
  readonly credentials: {
    create(options?: PageOptions): Promise<PageCredential>;
    get(options?: PageOptions): Promise<PageCredential>;
  };
  /** For `window.PublicKeyCredential`: feature detection and signals. */
  readonly PublicKeyCredential: PublicKeyCredentialClass;
  /** The one pending conditional request. */
  readonly autofill: Autofill;
  /** Puts both into a window's global scope; returns what takes them out again. */
  install(global: { readonly navigator: object }): () => void;
}

/** `CredentialCreationOptions` and `CredentialRequestOptions` of the DOM, whose types a backend's project does not have. */
export interface PageOptions {
  readonly publicKey?: object;
  readonly mediation?: string;
  readonly signal?: AbortSignal | null;
}

export interface Autofill {
  isPending(): boolean;
  /** Resolves as soon as a conditional request is pending. */
  whenPending(): Promise<void>;
  /** The person picks a passkey from the list under the field; without an id the newest. */
  pick(credentialId?: string): void;
}

interface PendingRequest {
  readonly settle: (credentialId: string | undefined) => void;
}

/** Wraps the authenticator for a page of this origin. */
export function asNavigatorCredentials(authenticator: SoftAuthenticator, origin: string): BrowserWebAuthn {
  const PublicKeyCredential = publicKeyCredentialClass(authenticator);
  let pending: PendingRequest | undefined;
  const waiting = new Set<() => void>();

  /** Holds a conditional request; resolves with the picked passkey's id, rejects when the page aborts. */
  function holdForAutofill(signal: AbortSignal | undefined): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        pending = undefined;
        reject(abortReason(signal));
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      pending = {
        settle: (credentialId) => {
          signal?.removeEventListener("abort", onAbort);
          pending = undefined;
          resolve(credentialId);
        },
      };
      for (const wake of waiting) wake();
      waiting.clear();
    });
  }

  async function create(options: CredentialCreationOptions = {}): Promise<PageCredential> {
    refuseIfBusy(options.signal ?? undefined);
    const request = toCreationJSON(requirePublicKey(options.publicKey));
    const made = await authenticator.create(request, { origin });
    const { response } = made;
    return new PublicKeyCredential(made, {
      clientDataJSON: bytes(response.clientDataJSON),
      attestationObject: bytes(response.attestationObject),
      getTransports: () => response.transports,
      getPublicKey: () => bytes(response.publicKey),
      getPublicKeyAlgorithm: () => response.publicKeyAlgorithm,
      getAuthenticatorData: () => bytes(response.authenticatorData),
    });
  }

  async function get(options: CredentialRequestOptions = {}): Promise<PageCredential> {
    const signal = options.signal ?? undefined;
    refuseIfBusy(signal);
    const request = toRequestJSON(requirePublicKey(options.publicKey));
    const picked = options.mediation === "conditional" ? await holdForAutofill(signal) : undefined;
    const made = await authenticator.get(request, picked ? { origin, credentialId: picked } : { origin });
    const { response } = made;
    return new PublicKeyCredential(made, {
      clientDataJSON: bytes(response.clientDataJSON),
      authenticatorData: bytes(response.authenticatorData),
      signature: bytes(response.signature),
      userHandle: response.userHandle === undefined ? null : bytes(response.userHandle),
    });
  }

  /** A page has one request at a time: a second without aborting the first fails, as in Chromium. */
  function refuseIfBusy(signal: AbortSignal | undefined): void {
    if (signal?.aborted) throw abortReason(signal);
    if (pending) throw new DOMException("A request is already pending.", "OperationError");
  }

  const credentials = { create, get };
  return {
    credentials,
    PublicKeyCredential,
    autofill: {
      isPending: () => pending !== undefined,
      whenPending: () => (pending ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
      pick: (credentialId) => {
        if (!pending) throw new Error("No conditional request is pending: was autofill armed?");
        pending.settle(credentialId);
      },
    },
    install: (global) => {
      const restore = [
        define(global.navigator, "credentials", credentials),
        define(global, "PublicKeyCredential", PublicKeyCredential),
      ];
      return () => {
        for (const undo of restore) undo();
      };
    },
  };
}

function toCreationJSON(options: PublicKeyCredentialCreationOptions): CreationOptionsJSON {
  return {
    ...options,
    challenge: base64url(options.challenge),
    user: { ...options.user, id: base64url(options.user.id) },
    excludeCredentials: options.excludeCredentials?.map(toDescriptorJSON) ?? [],
    authenticatorSelection: options.authenticatorSelection ?? {},
    extensions: options.extensions ?? {},
  };
}

function toRequestJSON(options: PublicKeyCredentialRequestOptions): RequestOptionsJSON {
  return {
    challenge: base64url(options.challenge),
    ...(options.rpId !== undefined && { rpId: options.rpId }),
    allowCredentials: options.allowCredentials?.map(toDescriptorJSON) ?? [],
    userVerification: options.userVerification ?? "preferred",
  };
}

function toDescriptorJSON({ id, type }: PublicKeyCredentialDescriptor): CredentialDescriptorJSON {
  return { id: base64url(id), type };
}

function requirePublicKey<T>(publicKey: T | undefined): T {
  if (publicKey === undefined)
    throw new DOMException("Only public-key credentials exist.", "NotSupportedError");
  return publicKey;
}

function abortReason(signal: AbortSignal | undefined): unknown {
  return signal?.reason ?? new DOMException("The request was aborted.", "AbortError");
}

function define(target: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(target, name, before);
    else Reflect.deleteProperty(target, name);
  };
}

function base64url(source: BufferSource): string {
  return toBase64url(source);
}

function bytes(text: string): ArrayBuffer {
  return fromBase64url(text).buffer;
}
