/** The tables, as Kysely sees them. Times are ISO 8601 text where people read them, Unix milliseconds where code compares. */
export interface Schema {
  users: { id: string; email: string; created_at: string };
  /** `id` is the SHA-256 of the session id: a leaked database is not a set of live sessions. */
  sessions: { id: string; data: string; expires_at: number };
  /** Result tokens that were accepted, by identity, until they could not be accepted anyway. */
  consumed_tokens: { identity: string; expires_at: number };
  /** How many codes were tried against one Authsignal challenge. */
  otp_attempts: { challenge_id: string; attempts: number; expires_at: number };
  /** Owned by rate-limiter-flexible; `expire` in Unix milliseconds. */
  rate_limits: { key: string; points: number; expire: number | null };
}
