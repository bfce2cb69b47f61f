/** What each problem code means: for ERRORS.md and for the page that a problem's `type` leads to. */
import type { ProblemCode } from "../../../shared/problem.ts";

export interface ProblemAdvice {
  /** What happened. */
  readonly cause: string;
  /** What the client, its developer or the operator does next. */
  readonly remedy: string;
}

export const problemGuide = {
  validation_failed: {
    cause: "A member of the body is missing, malformed or unknown.",
    remedy:
      "Read `issues`: each has a JSON pointer into the body and what is wrong there. Correct the request.",
  },
  malformed_json: {
    cause: "The body is not JSON.",
    remedy: "Send what `JSON.stringify` returns.",
  },
  payload_too_large: {
    cause: "The body is larger than 16 kB.",
    remedy: "Send only the members of the operation.",
  },
  unsupported_media_type: {
    cause: "The request has a body that is not declared as JSON.",
    remedy: "Send the header `Content-Type: application/json`.",
  },
  cross_site_request: {
    cause: "A page whose origin is not allowed has sent a request that changes something.",
    remedy:
      "The log names the origin and the option: list pages of your own site in `origins`, pages of another site in `crossSiteOrigins`. In this repository's app that is `ORIGIN` and `MORE_ORIGINS`.",
  },
  not_authenticated: {
    cause: "There is no session, or it has ended.",
    remedy:
      "Show the sign-in. If it happens right after a sign-in, the cookie did not arrive: check `credentials` of the request, https, and `trust proxy`.",
  },
  step_up_required: {
    cause: "The session's proof is too old for this, or the action has not been confirmed.",
    remedy:
      "Take one of `stepUp.methods` for `stepUp.action`: `passkey` is a step-up of this API, `email-otp` a new code, `reauthenticate` your own sign-in. Then send the request again. With an empty list: sign out and sign in again.",
  },
  passkey_required: {
    cause: "The action is confirmed with a passkey, and the account has none.",
    remedy: "Let the person create a passkey, then send the request again.",
  },
  limited_session: {
    cause:
      'The session was begun by an e-mail code, the account has a passkey, and the host has set `afterCode: "limited"`.',
    remedy:
      "Offer a step-up by passkey for `stepUp.action`, after which the session is full, and `POST /recovery` to a person who has lost every passkey. Then send the request again.",
  },
  recovery_not_needed: {
    cause: "The session is not limited, or the account has no passkey.",
    remedy: "Ask `GET /session` again, and do without the recovery.",
  },
  recovery_not_found: {
    cause: "The account has no recovery: it was cancelled, or it ended more than seven days ago.",
    remedy: "Ask `GET /session` again, and show what it says.",
  },
  otp_not_requested: {
    cause:
      "This browser has not asked for a code, the code was used already, or the cookie of the request for it did not come back.",
    remedy:
      "Ask for a new code in the same browser. If that never works, the cookie is lost: check `credentials`, https, and `trust proxy`.",
  },
  otp_incorrect: {
    cause: "The code is wrong.",
    remedy: "Let the person try again. `attemptsLeft` says how often.",
  },
  otp_expired: {
    cause: "The code is older than its lifetime, usually ten minutes.",
    remedy:
      "Ask for a new code. If every code is too old, the clocks of this server and Authsignal differ: `authsignal-doctor` compares them.",
  },
  otp_attempts_exceeded: {
    cause: "Too many wrong codes were tried.",
    remedy: "Ask for a new code.",
  },
  no_account: {
    cause:
      "The code was right, but `users.findOrCreateByEmail` returned null: the host opens no account for this address.",
    remedy: "Offer another address or your own registration. Another code does not help.",
  },
  email_taken: {
    cause:
      "The code for a change of address was right, but another account has this address, or had it in the last seven days and can still take it back.",
    remedy: "Offer another address. Another code does not help.",
  },
  challenge_failed: {
    cause: "The result token proves nothing: Authsignal did not report a passed challenge.",
    remedy:
      "Start the ceremony again. If it always happens, check the rules of the action in the Authsignal portal: a rule that allows it without a challenge yields no proof.",
  },
  challenge_expired: {
    cause: "The result token is older than its lifetime.",
    remedy: "Start the ceremony again, and send its token at once.",
  },
  token_mismatch: {
    cause: "The result token belongs to another action or to another user than the session's.",
    remedy: "Send the `action` that the ceremony was begun for. After a sign-out, start again.",
  },
  token_already_used: {
    cause: "The result token was accepted before: each is accepted once.",
    remedy:
      "Start the ceremony again. Do not repeat a request whose answer was lost; ask for the session first.",
  },
  sign_in_not_begun: {
    cause:
      "A browser's request for the sign-in of a visitor says neither by `Origin` nor by `Sec-Fetch-Site` that your own page sent it, and has no cookie `passkeys_begun`, which `GET /config` and `GET /session` set.",
    remedy:
      "Let the proxy in front of this server pass on `Origin`. Otherwise load `GET /config` with cookies before the sign-in, then start the ceremony again.",
  },
  rate_limited: {
    cause: "Too many requests of this kind came from this network address or for this account.",
    remedy:
      "Wait `retryAfter` seconds. If many people share one address, raise `limits`; if all requests seem to come from one address, set `trust proxy`.",
  },
  upstream_unavailable: {
    cause:
      "Authsignal, the database or Redis did not answer in time, or refused this server. Nothing was changed.",
    remedy:
      "Try again after `retryAfter` seconds. The log names who did not answer and why; `/readyz` and `authsignal-doctor` tell more.",
  },
  tenant_misconfigured: {
    cause: "The action permits more than a passkey in the Authsignal portal, so no token was given away.",
    remedy:
      "Permit passkey and no other authenticator for the action that the log names (server/authsignal/README.md, step 4). Trying again does not help.",
  },
  passkey_not_found: {
    cause: "The account has no passkey with this id, or not any more.",
    remedy: "Load the list again.",
  },
  passkey_limit_reached: {
    cause: "The account has as many passkeys as `maxPasskeys` allows.",
    remedy: "Let the person delete one first.",
  },
  session_not_found: {
    cause: "The account has no session with this id, or it has ended.",
    remedy: "Load the list again.",
  },
  not_found: {
    cause: "There is no such operation.",
    remedy:
      "Compare method and path with `GET <prefix>/openapi.json`. Is the prefix where the router is mounted?",
  },
  internal_error: {
    cause: "A defect of this server, or of a port that the host has written.",
    remedy:
      "Look for `requestId` in the log: the line with the event `request.failed` has the cause, and names the port if it was one.",
  },
} as const satisfies Record<ProblemCode, ProblemAdvice>;
