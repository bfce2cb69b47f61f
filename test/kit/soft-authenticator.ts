/**
 * The soft authenticator: makes passkeys and signs with them in Node, so that suites without a browser run real
 * ceremonies. Keys, COSE and CBOR come from nid-webauthn-emulator; what that library has no knob for is here
 * (backup flags, refusals by name, faults), and so is the assertion, because a fault must be signed over.
 * It shares no code with the verifier.
 */
import type { AuthenticatorFlags, CeremonyFault } from "./ceremony-fault.ts";
import { authenticatorShape, contextShape, faultShape } from "./check-options.ts";
import { type SoftAuthenticatorOptions, withDefaults } from "./soft-authenticator-options.ts";
import {
  encodeClientData,
  encodeHeader,
  loadCredentialMaker,
  type SoftCredential,
  type StoredCredential,
  signAssertion,
  withHeader,
} from "./soft-credential.ts";
import {
  type Attachment,
  type AuthenticationResponseJSON,
  type CreationOptionsJSON,
  type RegistrationResponseJSON,
  type RequestOptionsJSON,
  type Transport,
  toBase64url,
} from "./webauthn-json.ts";

/** Where a ceremony runs, and what is peculiar about this one. */
export interface CeremonyContext {
  /** The page's origin, such as `http://localhost:3000`. */
  readonly origin: string;
  /** Which passkey the person picks; without it the newest that fits. */
  readonly credentialId?: string;
  readonly fault?: CeremonyFault;
}

export interface SoftAuthenticator {
  /** What a page asks for to get this one: `platform` for the transport `internal`. */
  readonly attachment: Attachment;
  /** `navigator.credentials.create`: rejects with the DOMException that a browser would give. */
  create(options: CreationOptionsJSON, context: CeremonyContext): Promise<RegistrationResponseJSON>;
  /** `navigator.credentials.get`: rejects with the DOMException that a browser would give. */
  get(options: RequestOptionsJSON, context: CeremonyContext): Promise<AuthenticationResponseJSON>;
  /** Changes options of a living authenticator: `configure({ isUserConsenting: false })` cancels from now on. */
  configure(changes: Partial<SoftAuthenticatorOptions>): void;
  /** Bends the next response, for tests that do not call `create` or `get` themselves. */
  faultNext(fault: CeremonyFault): void;
  /** What it holds, oldest first. */
  credentials(): readonly SoftCredential[];
  /** Forgets a credential, as a person does in the password manager. */
  removeCredential(credentialId: string): void;
  /** Relabels every credential of this user handle. */
  renameUser(
    rpId: string,
    userHandle: string,
    names: { readonly userName: string; readonly displayName: string },
  ): void;
}

/** Creates an authenticator that holds no credential yet. Instances share nothing. */
export function createSoftAuthenticator(options: Partial<SoftAuthenticatorOptions> = {}): SoftAuthenticator {
  authenticatorShape.check(options, "createSoftAuthenticator");
  let knobs = withDefaults(options);
  let stored: readonly StoredCredential[] = [];
  let nextFault: CeremonyFault | undefined;

  function takeFault(context: CeremonyContext): CeremonyFault {
    const fault = context.fault ?? nextFault ?? {};
    nextFault = undefined;
    return fault;
  }

  /** Asks the person: throws as a cancelled ceremony does, otherwise says whether UV happened. */
  function askPerson(userVerification: string | undefined): boolean {
    const canVerify = knobs.hasUserVerification && knobs.isUserVerified;
    if (!knobs.isUserConsenting || (userVerification === "required" && !canVerify)) throw notAllowed();
    return canVerify && userVerification !== "discouraged";
  }

  async function create(
    request: CreationOptionsJSON,
    context: CeremonyContext,
  ): Promise<RegistrationResponseJSON> {
    contextShape.check(context, "create");
    const maker = await loadCredentialMaker();
    const rpId = maker.requireRpId(request.rp.id, context.origin);
    const selection = request.authenticatorSelection ?? {};
    const attachment = attachmentOf(knobs.transport);
    const needsResidentKey = selection.residentKey === "required" || selection.requireResidentKey === true;
    if ((selection.authenticatorAttachment ?? attachment) !== attachment) throw notAllowed();
    if (needsResidentKey && !knobs.hasResidentKey) throw notAllowed();
    const excluded = new Set(request.excludeCredentials?.map(({ id }) => id));
    if (stored.some((held) => held.rpId === rpId && excluded.has(held.credentialId))) {
      throw new DOMException("The authenticator holds an excluded credential.", "InvalidStateError");
    }
    const userVerified = askPerson(selection.userVerification);
    const fault = takeFault(context);

    const made = maker.make(request, context.origin, knobs);
    const credential: StoredCredential = {
      credentialId: made.credentialId,
      privateKey: made.privateKey,
      rpId,
      userHandle: request.user.id,
      userName: request.user.name,
      displayName: request.user.displayName,
      isResidentCredential: knobs.hasResidentKey && selection.residentKey !== "discouraged",
      backupEligible: knobs.defaultBackupEligibility,
      backupState: knobs.defaultBackupState,
      signCount: 0,
    };
    // An authenticator keeps one discoverable credential for each account of a site.
    stored = [...stored.filter((held) => !isSameAccount(held, credential)), credential];

    const header = encodeHeader(bend(credential, userVerified, fault), true);
    const id = fault.credentialId ?? credential.credentialId;
    return {
      id,
      rawId: id,
      type: "public-key",
      authenticatorAttachment: attachment,
      clientExtensionResults: wantsCredProps(request)
        ? { credProps: { rk: credential.isResidentCredential } }
        : {},
      response: {
        ...withHeader(made, header),
        clientDataJSON: toBase64url(
          encodeClientData("webauthn.create", request.challenge, context.origin, fault),
        ),
        publicKey: made.publicKey,
        publicKeyAlgorithm: made.publicKeyAlgorithm,
        transports: knobs.transport === "internal" ? ["internal", "hybrid"] : [knobs.transport],
      },
    };
  }

  async function get(
    request: RequestOptionsJSON,
    context: CeremonyContext,
  ): Promise<AuthenticationResponseJSON> {
    contextShape.check(context, "get");
    const rpId = (await loadCredentialMaker()).requireRpId(request.rpId, context.origin);
    const allowed = new Set(request.allowCredentials?.map(({ id }) => id));
    const held = stored.findLast(
      (candidate) =>
        candidate.rpId === rpId &&
        (allowed.size === 0 ? candidate.isResidentCredential : allowed.has(candidate.credentialId)) &&
        (context.credentialId ?? candidate.credentialId) === candidate.credentialId,
    );
    if (held === undefined) throw notAllowed();
    const userVerified = askPerson(request.userVerification);
    const fault = takeFault(context);

    const credential = { ...held, signCount: held.signCount + knobs.signCountIncrement };
    stored = stored.map((candidate) => (candidate === held ? credential : candidate));

    const authenticatorData = encodeHeader(bend(credential, userVerified, fault), false);
    const clientData = encodeClientData("webauthn.get", request.challenge, context.origin, fault);
    const signature = signAssertion(credential.privateKey, authenticatorData, clientData);
    // The last byte lies inside the numbers of a DER signature: it stays well-formed and only proves nothing.
    if (fault.tamperedSignature)
      signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1);
    const id = fault.credentialId ?? credential.credentialId;
    return {
      id,
      rawId: id,
      type: "public-key",
      authenticatorAttachment: attachmentOf(knobs.transport),
      clientExtensionResults: {},
      response: {
        clientDataJSON: toBase64url(clientData),
        authenticatorData: toBase64url(authenticatorData),
        signature: toBase64url(signature),
        ...(credential.isResidentCredential && { userHandle: fault.userHandle ?? credential.userHandle }),
      },
    };
  }

  return {
    get attachment() {
      return attachmentOf(knobs.transport);
    },
    create,
    get,
    configure: (changes) => {
      authenticatorShape.check(changes, "configure");
      knobs = { ...knobs, ...changes };
    },
    faultNext: (fault) => {
      faultShape.check(fault, "faultNext");
      nextFault = fault;
    },
    credentials: () => stored.map(({ privateKey: _secret, ...shown }) => shown),
    removeCredential: (credentialId) => {
      stored = stored.filter((held) => held.credentialId !== credentialId);
    },
    renameUser: (rpId, userHandle, names) => {
      stored = stored.map((held) =>
        held.rpId === rpId && held.userHandle === userHandle ? { ...held, ...names } : held,
      );
    },
  };
}

function bend(credential: StoredCredential, userVerified: boolean, fault: CeremonyFault) {
  const flags: AuthenticatorFlags = {
    userPresent: true,
    userVerified,
    backupEligible: credential.backupEligible,
    backupState: credential.backupState,
    ...fault.flags,
  };
  return { rpId: fault.rpId ?? credential.rpId, flags, signCount: fault.signCount ?? credential.signCount };
}

function isSameAccount(one: SoftCredential, other: SoftCredential): boolean {
  return (
    one.isResidentCredential &&
    other.isResidentCredential &&
    one.rpId === other.rpId &&
    one.userHandle === other.userHandle
  );
}

function attachmentOf(transport: Transport): Attachment {
  return transport === "internal" ? "platform" : "cross-platform";
}

function wantsCredProps(request: CreationOptionsJSON): boolean {
  const { credProps } = (request.extensions ?? {}) as { readonly credProps?: boolean };
  return credProps === true;
}

/** One name for "no", "too late" and "no such passkey": a page cannot tell them apart, by design. */
function notAllowed(): DOMException {
  return new DOMException("The operation either timed out or was not allowed.", "NotAllowedError");
}
