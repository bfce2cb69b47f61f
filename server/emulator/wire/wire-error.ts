/** Errors in Authsignal's shape. */
import type { WireErrorBody } from "./wire.ts";

/** Every error code and its HTTP status. The README says which statuses are *inferred*. */
const statusByCode = {
  invalid_request: 400,
  invalid_configuration: 400,
  invalid_credential: 400,
  unknown_credential: 400,
  AUTHENTICATOR_NOT_FOUND: 400,
  conflict: 409,
  unauthorized: 401,
  expired_token: 401,
  invalid_token: 401,
  token_required: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  too_many_requests: 429,
  request_too_large: 413,
  not_implemented: 501,
} as const satisfies Record<string, number>;

export type WireErrorCode = keyof typeof statusByCode;

/**
 * The caller sees `code` and `description`. Only the journal shows `reason`, because the service does not tell a browser
 * which WebAuthn check failed.
 */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly code: WireErrorCode;
  readonly status: number;
  readonly reason: string;

  constructor(
    code: WireErrorCode,
    description: string,
    reason: string = description,
    status: number = statusByCode[code],
  ) {
    super(description);
    this.code = code;
    this.status = status;
    this.reason = reason;
  }

  get body(): WireErrorBody {
    return { error: this.code, errorCode: this.code, errorDescription: this.message };
  }
}

/** The codes that the Server API documents, in place of the ones that the emulator tells apart. */
const documentedCodes: Partial<Record<WireErrorCode, WireErrorCode>> = {
  not_found: "invalid_request",
  conflict: "invalid_request",
  forbidden: "unauthorized",
  invalid_token: "unauthorized",
  expired_token: "unauthorized",
  token_required: "unauthorized",
};

/** The same error with a documented code. Statuses are not documented, so each keeps its own. */
export function documentedError(error: unknown): unknown {
  if (!(error instanceof WireError)) return error;
  const code = documentedCodes[error.code];
  return code === undefined ? error : new WireError(code, error.message, error.reason, error.status);
}

/** The path exists, with other methods. */
export class MethodNotAllowed extends WireError {
  /** Value of the header `Allow`. */
  readonly allow: string;

  constructor(method: string, path: string, methods: readonly string[]) {
    const allow = methods.join(", ");
    super("method_not_allowed", `${path} cannot be called with ${method}. Use ${allow}.`);
    this.allow = allow;
  }
}

/** The receiver of `action.verify` did not accept a challenge. */
export class RefusedByReceiver extends WireError {
  constructor(type: string) {
    const reason = `the receiver of ${type} did not accept the challenge`;
    super("invalid_request", "The challenge was not accepted.", reason);
  }
}

/** Headers that belong to an error. */
export function headersOf(error: unknown): Record<string, string> {
  return error instanceof MethodNotAllowed ? { allow: error.allow } : {};
}

/** The sentence that the vendor's live tests compare. */
export function unauthorized(reason: string): WireError {
  return new WireError(
    "unauthorized",
    "The request is unauthorized. Check that your API key and region base URL are correctly configured.",
    reason,
  );
}

export function invalidRequest(description: string, reason?: string): WireError {
  return new WireError("invalid_request", description, reason);
}

/** Every failed WebAuthn check has the same answer; `reason` tells them apart in the journal. */
export function invalidCredential(reason: string): WireError {
  return new WireError("invalid_credential", "The passkey credential is invalid.", reason);
}
