/**
 * Errors on our API: RFC 9457 problem details with a stable `code`. A code says what the *client can do*;
 * `title` is a sentence for a person and may change its wording.
 */
export const problemCodes = [
  /** 400: the body has a missing, malformed or unknown member; see `issues`. */
  "validation_failed",
  /** 400: the body is not JSON. */
  "malformed_json",
  /** 413: the body is larger than the API accepts. */
  "payload_too_large",
  /** 415: the body is not `application/json`. */
  "unsupported_media_type",
  /** 403: the request was made by another site. */
  "cross_site_request",
  /** 401: sign in first. */
  "not_authenticated",
  /** 403: prove again that it is you. `stepUp` says for which action and by which methods. */
  "step_up_required",
  /** 403: this action is confirmed by a passkey, and the account has none. Create one, then try again. */
  "passkey_required",
  /**
   * 403: the session was begun by a code, and the account has a passkey. Step up as `stepUp` says, or begin recovery and wait.
   */
  "limited_session",
  /** 409: this session is not limited, so there is nothing to recover. */
  "recovery_not_needed",
  /** 404: no recovery is under way (any more). */
  "recovery_not_found",
  /** 409: this browser has not asked for a code, or the code was already used. Ask for one. */
  "otp_not_requested",
  /** 401: wrong code; try again. `attemptsLeft` says how often. */
  "otp_incorrect",
  /** 401: the code is too old. Ask for a new one. */
  "otp_expired",
  /** 401: too many wrong codes. Ask for a new one. */
  "otp_attempts_exceeded",
  /** 403: the code was right, but no account opens by this address. Asking for another code does not help. */
  "no_account",
  /** 409: the code was right, but another account has this address, or had it until lately. Use another address. */
  "email_taken",
  /** 401: the result token proves nothing. Start the ceremony again. */
  "challenge_failed",
  /** 401: the result token is too old. Start the ceremony again. */
  "challenge_expired",
  /** 401: the result token was minted for another action or another user. */
  "token_mismatch",
  /** 401: the result token was already accepted once. */
  "token_already_used",
  /** 401: nothing shows that our own page sent the request. Load `GET /config` with cookies, then start the ceremony again. */
  "sign_in_not_begun",
  /** 429: wait `retryAfter` seconds. */
  "rate_limited",
  /**
   * 503: what this API needs, Authsignal or its own storage, did not answer, or not in time. Nothing was changed; try
   * again after `retryAfter` seconds.
   */
  "upstream_unavailable",
  /**
   * 500: the Authsignal tenant permits more than the policy of this API, so a token was not given away. The operator can
   * change that; trying again does not help. The log names the setting.
   */
  "tenant_misconfigured",
  /** 404: you have no such passkey (any more). */
  "passkey_not_found",
  /** 404: you have no such session (any more). */
  "session_not_found",
  /** 409: the account has as many passkeys as it may have. */
  "passkey_limit_reached",
  /** 404: no such operation. */
  "not_found",
  /** 500: our fault. Quote `requestId`. */
  "internal_error",
] as const;

export type ProblemCode = (typeof problemCodes)[number];

/**
 * What makes a stale session fresh: the step-up by passkey, an e-mail code, or the host's own sign-in (a password, an
 * identity provider), which this API does not perform: the client shows the host's sign-in and tries again.
 */
export const stepUpMethods = ["passkey", "email-otp", "reauthenticate"] as const;
export type StepUpMethod = (typeof stepUpMethods)[number];

export interface Problem {
  /** A stable URI reference, `/problems/<code>`. `createProblemPages` serves a page there with cause and remedy. */
  readonly type: string;
  /** One sentence a person can act on. */
  readonly title: string;
  /** The HTTP status, repeated. */
  readonly status: number;
  readonly code: ProblemCode;
  readonly requestId: string;
  /** With `validation_failed`: JSON pointers into the body, and what is wrong there. */
  readonly issues?: readonly { readonly pointer: string; readonly message: string }[];
  /** With `otp_incorrect`: how many more codes may be tried. */
  readonly attemptsLeft?: number;
  /** With `step_up_required` and `limited_session`: the action to ask a step-up token for, and the methods that would do. */
  readonly stepUp?: { readonly action: string; readonly methods: readonly StepUpMethod[] };
  /** With `rate_limited` and `upstream_unavailable`: seconds to wait, as in the `Retry-After` header. */
  readonly retryAfter?: number;
}

/** True for a body that this API sent as an error; false for anything else, such as a proxy's HTML or JSON. */
export function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const { code, title, status } = value as Record<string, unknown>;
  return (
    typeof title === "string" &&
    typeof status === "number" &&
    (problemCodes as readonly unknown[]).includes(code)
  );
}
