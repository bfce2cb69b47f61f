/**
 * The error class of the server, with status and sentence per problem code. The router throws it and renders nothing: a
 * host converts it to its own format, this app to problem+json (`error-handler.ts`).
 */
import type { Problem, ProblemCode } from "../../shared/problem.ts";

interface ProblemRow {
  readonly status: number;
  readonly title: string;
}

/** Status and sentence per code. The compiler requires a row for each code. */
export const problemTable = {
  validation_failed: { status: 400, title: "Some of what was sent is missing or malformed." },
  malformed_json: { status: 400, title: "The body is not valid JSON." },
  payload_too_large: { status: 413, title: "The body is too large." },
  unsupported_media_type: { status: 415, title: "Send the body as application/json." },
  cross_site_request: { status: 403, title: "This request came from another site and was refused." },
  not_authenticated: { status: 401, title: "Sign in first." },
  step_up_required: { status: 403, title: "Confirm that it is you to go on." },
  passkey_required: { status: 403, title: "Create a passkey first, then try again." },
  limited_session: {
    status: 403,
    title: "You signed in with a code. Confirm with your passkey, or begin recovery if you have lost it.",
  },
  recovery_not_needed: { status: 409, title: "You can do this without a recovery." },
  recovery_not_found: { status: 404, title: "No recovery is under way." },
  otp_not_requested: { status: 409, title: "Ask for a code first, in this browser." },
  otp_incorrect: { status: 401, title: "That code is not right. Check it and try again." },
  otp_expired: { status: 401, title: "That code is too old. Ask for a new one." },
  otp_attempts_exceeded: { status: 401, title: "Too many wrong codes. Ask for a new one." },
  no_account: { status: 403, title: "You cannot sign in here with this e-mail address." },
  email_taken: { status: 409, title: "Another account uses this e-mail address. Use another one." },
  challenge_failed: { status: 401, title: "That could not be confirmed. Try again." },
  challenge_expired: { status: 401, title: "That took too long. Try again." },
  token_mismatch: { status: 401, title: "That confirmation was for something else. Try again." },
  token_already_used: { status: 401, title: "That confirmation was already used. Try again." },
  sign_in_not_begun: {
    status: 401,
    title: "Begin the sign-in in this browser. Reload the page and try again.",
  },
  rate_limited: { status: 429, title: "Too many attempts. Wait a little and try again." },
  upstream_unavailable: {
    status: 503,
    title: "The sign-in service cannot be reached right now. Nothing was changed. Try again in a moment.",
  },
  tenant_misconfigured: {
    status: 500,
    title:
      "Passkeys cannot be used for this at the moment, because the sign-in service is not set up for it.",
  },
  passkey_not_found: { status: 404, title: "You have no such passkey." },
  session_not_found: { status: 404, title: "You have no such session." },
  passkey_limit_reached: {
    status: 409,
    title: "You have as many passkeys as an account can have. Delete one first.",
  },
  not_found: { status: 404, title: "There is nothing here." },
  internal_error: { status: 500, title: "Something went wrong on our side." },
} as const satisfies Record<ProblemCode, ProblemRow>;

export type ProblemExtras = Pick<Problem, "issues" | "attemptsLeft" | "retryAfter" | "stepUp">;

export class AppError extends Error {
  override readonly name: string = "AppError";
  readonly code: ProblemCode;
  readonly status: number;
  /** Safe to show to anyone; `message` is for the log and may say more (never a secret). */
  readonly publicMessage: string;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, options: { detail?: string; cause?: unknown; extras?: ProblemExtras } = {}) {
    const row = problemTable[code];
    super(options.detail ?? row.title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = row.status;
    this.publicMessage = row.title;
    this.extras = options.extras ?? {};
  }

  /** For error handlers that know http-errors: the same as `status`. */
  get statusCode(): number {
    return this.status;
  }

  /** For error handlers that know http-errors: whether `message` may be shown. */
  get expose(): boolean {
    return this.status < 500 && this.message === this.publicMessage;
  }

  /** For error handlers that know http-errors, Express's own among them. */
  get headers(): Readonly<Record<string, string>> {
    const { retryAfter } = this.extras;
    return retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
  }
}
