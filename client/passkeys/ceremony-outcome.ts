/**
 * needs:    nothing.
 * does:     lists everything that a ceremony can end in, and maps what the SDK returns or throws to one of these.
 * must not: contain words for people (ceremony-failures.ts), or read an error's message: messages differ by browser.
 */
export const failureKinds = [
  /** The person declined, did not act in time, or has no passkey here: browsers do not tell which. */
  "cancelled",
  /** We ended it ourselves: a newer ceremony, the cancel link, another view. */
  "aborted",
  /** Registration only: this authenticator already holds a passkey of this account. */
  "alreadyRegistered",
  /** The RP ID does not fit the address of the page. A developer has to act, not the person. */
  "misconfigured",
  /** This browser or this device does not support it. */
  "unsupported",
  /** Another WebAuthn request is open, on this page or in the browser. */
  "busy",
  /** The authenticator failed; trying again may help. */
  "authenticatorFailed",
  /** The WebAuthn challenge or the track token was too old. */
  "expired",
  /** Authsignal does not know this passkey: it was deleted there. */
  "unknownCredential",
  /** Authsignal answered that the passkey's proof is not valid. */
  "refused",
  /** Too many requests. */
  "rateLimited",
  /** No answer in time, or an answer that is not Authsignal's. */
  "unreachable",
  /** The SDK did nothing, because an autofill request was already pending. */
  "ignored",
] as const;

export type FailureKind = (typeof failureKinds)[number];

export interface CeremonySuccess {
  readonly kind: "succeeded";
  /** For our server's `POST /validate`. */
  readonly resultToken: string;
  /** As the browser reported it; `cross-platform` is a phone, a security key, or some extensions. */
  readonly attachment: string | undefined;
  readonly credentialId: string | undefined;
}

export interface CeremonyFailure {
  readonly kind: FailureKind;
  /** The passkey that Authsignal refused, for the Signal API. Not set after an outage or another unclear answer. */
  readonly refusedCredentialId?: string;
}

export type CeremonyOutcome = CeremonySuccess | CeremonyFailure;

const kindByErrorCode: Readonly<Record<string, FailureKind>> = {
  expired_token: "expired",
  internal_error: "unreachable",
  invalid_credential: "refused",
  network_error: "unreachable",
  token_not_set: "expired",
  too_many_requests: "rateLimited",
  unknown_credential: "unknownCredential",
};

const kindByErrorName: Readonly<Record<string, FailureKind>> = {
  AbortError: "aborted",
  ConstraintError: "unsupported",
  DataError: "authenticatorFailed",
  EncodingError: "authenticatorFailed",
  Error: "unsupported",
  InvalidStateError: "alreadyRegistered",
  NotAllowedError: "cancelled",
  NotSupportedError: "unsupported",
  OperationError: "busy",
  SecurityError: "misconfigured",
  UnknownError: "authenticatorFailed",
};

/** For an error that Authsignal's API answered: `{error, errorCode}`. */
export function outcomeOfErrorCode(errorCode: string | undefined): CeremonyOutcome {
  return { kind: kindByErrorCode[errorCode ?? ""] ?? "refused" };
}

/**
 * For an error that the browser or the SDK threw. Read by its name: the SDK bundles its own SimpleWebAuthn, so
 * `instanceof WebAuthnError` is false for every error it throws.
 */
export function outcomeOfThrown(thrown: unknown): CeremonyOutcome {
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : "";
  return { kind: kindByErrorName[name] ?? "authenticatorFailed" };
}

/** What Authsignal was sent and answered. Recorded, because the SDK can throw after a success. */
export interface Proof {
  credentialId?: string;
  answer?: { readonly isVerified: boolean; readonly accessToken?: string };
}

/** The members that we read of the SDK's answers to `signIn` and `signUp`. */
export interface SdkResponse {
  readonly data?: {
    readonly authenticationResponse?: { readonly authenticatorAttachment?: string };
    readonly registrationResponse?: { readonly authenticatorAttachment?: string };
  };
  readonly error?: string;
  readonly errorCode?: string;
}

/** Folds the SDK's result channels: a returned error, a thrown one, an empty object, a refusal inside `data`. */
export async function outcomeOfCall(
  signal: AbortSignal,
  proof: Proof,
  call: Promise<SdkResponse>,
): Promise<CeremonyOutcome> {
  try {
    const { data, error, errorCode } = await call;
    if (error !== undefined) {
      const outcome = outcomeOfErrorCode(errorCode);
      // An unknown code may be an outage after the passkey was stored: the passkey is not refused by it.
      return Object.keys(kindByErrorCode).includes(errorCode ?? "")
        ? withRefusedCredential(proof, outcome)
        : outcome;
    }
    if (data === undefined) return { kind: "ignored" };
    const { authenticatorAttachment } = data.authenticationResponse ?? data.registrationResponse ?? {};
    return outcomeOfProof(proof, authenticatorAttachment);
  } catch (thrown) {
    if (signal.aborted) return { kind: "aborted" };
    // After a success the SDK writes to localStorage, and throws where storage is blocked.
    if (proof.answer !== undefined) return outcomeOfProof(proof, undefined);
    const outcome = outcomeOfThrown(thrown);
    // Firefox reports a person's cancel as an AbortError. We did not abort, so the person cancelled.
    return outcome.kind === "aborted" ? { kind: "cancelled" } : outcome;
  }
}

function outcomeOfProof(proof: Proof, attachment: string | undefined): CeremonyOutcome {
  const { answer, credentialId } = proof;
  if (answer?.isVerified !== true || answer.accessToken === undefined) {
    return withRefusedCredential(proof, { kind: "refused" });
  }
  return { kind: "succeeded", resultToken: answer.accessToken, attachment, credentialId };
}

/** Names the passkey only where the answer was about it; an outage is not. */
function withRefusedCredential({ credentialId }: Proof, outcome: CeremonyOutcome): CeremonyOutcome {
  const isDefinite = ["unknownCredential", "refused", "expired"].includes(outcome.kind);
  if (outcome.kind === "succeeded" || credentialId === undefined || !isDefinite) return outcome;
  return { kind: outcome.kind, refusedCredentialId: credentialId };
}
