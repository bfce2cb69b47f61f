/** The claims that a host's tokens carry for the session port, and how they are read back. */
import type { Assurance, SignedIn } from "../passkeys/ports/sessions.ts";

/** Spread them into every token of the session, access and refresh, as they are. Times are whole seconds since 1970. */
export interface JwtClaims {
  /** The user's id. */
  readonly sub: string;
  /** Names the session for as long as it lives, through every re-issue. Not a secret. */
  readonly sid: string;
  /** When the person gave the proof. Not `iat`, which moves with every re-issue. */
  readonly auth_time: number;
  /** One member: the method of that proof, such as `passkey` or your own `password`. */
  readonly amr: readonly string[];
  /** When the session ends, even in use. No re-issue moves it. */
  readonly session_end: number;
  /** How often a proof has renewed the session. Tokens of an earlier number are replaced. */
  readonly session_rev: number;
  /** Only in tokens of a session that an e-mail code began and `afterCode: "limited"` limits. */
  readonly session_limited?: true;
}

/** @returns the claims alone, or null for a token that has not all of them, such as one of before the router was there */
export function readClaims(payload: unknown): JwtClaims | null {
  if (typeof payload !== "object" || payload === null) return null;
  const claims: { [Name in keyof JwtClaims]?: unknown } = payload;
  const { sub, sid, auth_time, amr, session_end, session_rev, session_limited } = claims;
  if (typeof sub !== "string" || typeof sid !== "string" || sid === "") return null;
  if (!isCount(auth_time) || !isCount(session_end) || !isCount(session_rev)) return null;
  const method: unknown = Array.isArray(amr) ? amr[0] : undefined;
  if (typeof method !== "string") return null;
  // Anything but its absence limits: a token is never worth more for a claim that cannot be read.
  const limits = session_limited === undefined ? {} : ({ session_limited: true } as const);
  return { sub, sid, auth_time, amr: [method], session_end, session_rev, ...limits };
}

export function limitsOf(assurance: Assurance | undefined): Pick<JwtClaims, "session_limited"> {
  return assurance === "limited" ? { session_limited: true } : {};
}

export function assuranceIn({ session_limited }: JwtClaims): Pick<SignedIn, "assurance"> {
  return session_limited === true ? { assurance: "limited" } : {};
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Whether an error means that a token is no good, as `jsonwebtoken` and `jose` throw it. Any other error, such as a lost
 * connection to a key server, must not look like a visitor.
 */
export function isTokenFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (["JsonWebTokenError", "TokenExpiredError", "NotBeforeError"].includes(error.name)) return true;
  return (
    "code" in error &&
    typeof error.code === "string" &&
    /^ERR_(JWT|JWS|JWE|JOSE_ALG|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING_KEY)/.test(error.code)
  );
}
