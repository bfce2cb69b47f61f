/** The tables, as Kysely sees them: without the prefix (`own-names.ts`). Times are ISO 8601 text where people read them, Unix milliseconds where code compares. */
export interface Schema {
  users: { id: string; email: string; created_at: string };
  /** `id` is the SHA-256 of the session id: a leaked database is not a set of live sessions. */
  sessions: { id: string; data: string; expires_at: number };
  /** Sessions that have not ended, also those whose content is in Redis. Times in Unix milliseconds. */
  user_sessions: {
    id: string;
    user_id: string;
    method: string;
    browser: string | null;
    system: string | null;
    place: string | null;
    started_at: number;
    seen_at: number;
    /** The absolute end. */
    expires_at: number;
  };
  /** Result tokens that were accepted, by identity, until they could not be accepted anyway. */
  consumed_tokens: { identity: string; expires_at: number };
  /** How many codes were tried against one Authsignal challenge. */
  otp_attempts: {
    challenge_id: string;
    attempts: number;
    expires_at: number;
    /** The code that Authsignal has accepted, as SHA-256 over challenge and code, and the address that it named. */
    accepted_code: string | null;
    accepted_email: string | null;
  };
  /** Actions that a session began: enrollments and step-ups, until they are finished. */
  begun_actions: {
    idempotency_key: string;
    session_id: string;
    action: string;
    operation: string;
    /** JSON list: the ids of the passkeys that the user had then. */
    passkey_ids: string;
    expires_at: number;
  };
  /** Authenticators that the audit trail has recorded. `claimed` is 1 once the finish of an enrollment has taken it as its own. */
  known_authenticators: { user_id: string; authenticator_id: string; claimed: number };
  /** Single-use rights that a step-up gave to a session. */
  grants: {
    id: string;
    session_id: string;
    /** Null: given by a version that did not keep it. */
    user_id: string | null;
    action: string;
    operation: string;
    expires_at: number;
  };
  /** Announced waits after which codes alone open an account with a passkey. Times in Unix milliseconds. */
  recoveries: {
    user_id: string;
    began_at: number;
    ends_at: number;
    /** When it is forgotten. */
    expires_at: number;
    /** 1 once its end was told. */
    told: number;
    /** The session that made a passkey after the end. */
    session_id: string | null;
  };
  /** Changes of address that wait for the code at the new one. Times in Unix milliseconds. */
  email_changes: {
    user_id: string;
    session_id: string;
    challenge_id: string;
    /** The new address. */
    email: string;
    sent_at: number;
    expires_at: number;
  };
  /** Addresses before a change, which "This wasn't me" brings back. Times in Unix milliseconds. */
  former_addresses: {
    id: string;
    user_id: string;
    email: string;
    changed_at: number;
    expires_at: number;
  };
  /** Names live here: Authsignal has no rename. */
  passkey_names: { user_id: string; passkey_id: string; name: string };
  offer_answers: { user_id: string; declined: number; never: number; answered_at: string };
  /** Browsers that have made or used a passkey, by the SHA-256 of their cookie. */
  passkey_browsers: { id: string; user_id: string; expires_at: number };
  /** Security events, oldest first. No token, code or full address. */
  audit_events: {
    id: string;
    at: string;
    event: string;
    user_id: string | null;
    request_id: string | null;
    facts: string;
  };
  /**
   * Notices to people, one for each address. `content` is JSON, and empty once it was sent; the row stays until
   * `expires_at`, so that the same notice is not sent again. Times in Unix milliseconds.
   */
  notices: {
    id: string;
    user_id: string;
    content: string;
    /** When it is sent next. A sender claims it by moving this into the future. */
    due_at: number;
    attempts: number;
    sent_at: number | null;
    expires_at: number;
  };
  /** Owned by rate-limiter-flexible; `expire` in Unix milliseconds. */
  rate_limits: { key: string; points: number; expire: number | null };
  /** What `migrate.ts` has run; made by it. */
  migrations: { name: string; timestamp: string };
}
