/**
 * needs:    nothing.
 * does:     names everything a ceremony can end in, and folds what the SDK returns or throws into one of these.
 * must not: contain a word for a person (see ceremony-failures.ts), or look at an error's message: messages differ by browser.
 */
export const failureKinds = [
  /** The person declined, or nothing happened in time, or there is no passkey here: browsers do not tell which. */
  "cancelled",
  /** We ended it ourselves: a newer ceremony, the cancel link, another view. */
  "aborted",
  /** Registration only: this authenticator already holds a passkey of this account. */
  "alreadyRegistered",
  /** The RP ID does not fit the address of the page. A developer has to act, not the person. */
  "misconfigured",
  /** This browser or this device cannot do it at all. */
  "unsupported",
  /** Something else on the page or in the browser holds the one slot for WebAuthn requests. */
  "busy",
  /** The authenticator broke down; trying again may help. */
  "authenticatorFailed",
  /** The WebAuthn challenge or the track token was too old. */
  "expired",
  /** The service does not know this passkey: it was deleted there. */
  "unknownCredential",
  /** The service answered that the proof is not good. */
  "refused",
  /** Too many requests. */
  "rateLimited",
  /** No answer, or an answer that is not the service's own. */
  "unreachable",
  /** The SDK did nothing, because an autofill request was already pending. */
  "ignored",
] as const;

export type FailureKind = (typeof failureKinds)[number];

export type CeremonyOutcome =
  | {
      readonly kind: "succeeded";
      /** For our server's `POST /validate`. */
      readonly resultToken: string;
      /** As the browser reported it; `cross-platform` is a phone, a security key, or some extensions. */
      readonly attachment: string | undefined;
      readonly credentialId: string | undefined;
    }
  | {
      readonly kind: FailureKind;
      /** The passkey that Authsignal definitely refused, if it came to that: for the Signal API. */
      readonly refusedCredentialId?: string;
    };

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
  SyntaxError: "unreachable",
  TypeError: "unreachable",
  UnknownError: "authenticatorFailed",
};

/** The channel for errors of Authsignal's API: `{error, errorCode}`. */
export function outcomeOfErrorCode(errorCode: string | undefined): CeremonyOutcome {
  return { kind: kindByErrorCode[errorCode ?? ""] ?? "refused" };
}

/**
 * The channel for errors of the browser. The SDK bundles its own copy of SimpleWebAuthn, so `instanceof
 * WebAuthnError` is false for every error it throws: the name is the only thing to go by.
 */
export function outcomeOfThrown(thrown: unknown): CeremonyOutcome {
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : "";
  return { kind: kindByErrorName[name] ?? "authenticatorFailed" };
}

/** What was sent to Authsignal and answered; kept because the SDK can still throw afterwards. */
export interface Proof {
  credentialId?: string;
  answer?: { readonly isVerified: boolean; readonly accessToken?: string };
}

/** As much of the SDK's answers to `signIn` and `signUp` as we read. */
export interface SdkResponse {
  readonly data?: {
    readonly authenticationResponse?: { readonly authenticatorAttachment?: string };
    readonly registrationResponse?: { readonly authenticatorAttachment?: string };
  };
  readonly error?: string;
  readonly errorCode?: string;
}

/** Folds the SDK's result channels: a returned error, a thrown one, an empty object, a refusal inside `data`. */
export async function settle(
  signal: AbortSignal,
  proof: Proof,
  call: Promise<SdkResponse>,
): Promise<CeremonyOutcome> {
  try {
    const { data, error, errorCode } = await call;
    if (error !== undefined) {
      const outcome = outcomeOfErrorCode(errorCode);
      // A code that we do not know says nothing about the passkey: it may be an outage, after the passkey was stored.
      return Object.hasOwn(kindByErrorCode, errorCode ?? "") ? refusalOf(proof, outcome) : outcome;
    }
    if (data === undefined) return { kind: "ignored" };
    const { authenticatorAttachment } = data.authenticationResponse ?? data.registrationResponse ?? {};
    return outcomeOfProof(proof, authenticatorAttachment);
  } catch (thrown) {
    if (signal.aborted) return { kind: "aborted" };
    // The SDK writes to localStorage after success, and throws where storage is blocked. The proof stands.
    if (proof.answer !== undefined) return outcomeOfProof(proof, undefined);
    const outcome = outcomeOfThrown(thrown);
    // Firefox reports a person's cancel as an abort. We did not abort, so that is what it was.
    return outcome.kind === "aborted" ? { kind: "cancelled" } : outcome;
  }
}

function outcomeOfProof(proof: Proof, attachment: string | undefined): CeremonyOutcome {
  const { answer, credentialId } = proof;
  if (answer?.isVerified !== true || answer.accessToken === undefined) {
    return refusalOf(proof, { kind: "refused" });
  }
  return { kind: "succeeded", resultToken: answer.accessToken, attachment, credentialId };
}

/** An outage says nothing about a passkey; only a definite answer does. */
function refusalOf({ credentialId }: Proof, outcome: CeremonyOutcome): CeremonyOutcome {
  const isDefinite = ["unknownCredential", "refused", "expired"].includes(outcome.kind);
  if (outcome.kind === "succeeded" || credentialId === undefined || !isDefinite) return outcome;
  return { kind: outcome.kind, refusedCredentialId: credentialId };
}
