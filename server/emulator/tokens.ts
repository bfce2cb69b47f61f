import { createHash, createSecretKey } from "node:crypto";
import { decodeJwt, errors, jwtVerify, SignJWT } from "jose";
import { type Clock, toUnixSeconds } from "./clock.ts";
import { WireError } from "./errors.ts";
import type { TenantSettings } from "./options.ts";

/** The occurrence of an action that a token speaks for, and what its holder may do with authenticators. */
export interface ClientToken {
  readonly userId: string;
  readonly actionCode: string;
  readonly idempotencyKey: string;
  readonly scopes: ReadonlySet<string>;
  readonly username?: string | undefined;
}

export interface TokenRequest {
  readonly userId: string;
  readonly actionCode: string;
  readonly idempotencyKey: string;
  readonly scope: string;
  readonly username?: string | undefined;
}

/** Issues and checks the one family of token that track, claim and every finished ceremony return (protocol 2.1). */
export interface Tokens {
  issue(request: TokenRequest): Promise<string>;
  check(token: string): Promise<ClientToken>;
}

/** What a token carries after a finished challenge (protocol 2.3). */
export const scopesAfterChallenge =
  "read:authenticators add:authenticators update:authenticators remove:authenticators";

export function createTokens(settings: TenantSettings, clock: Clock): Tokens {
  const { tenantId } = settings;
  const party = `https://challenge.authsignal.com/${tenantId}`;
  const publishableKey = createHash("sha256").update(`publishable ${tenantId}`).digest("hex").slice(0, 32);
  const keys = settings.secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  const [signingKey] = keys;
  if (signingKey === undefined) throw new Error(`Tenant ${tenantId} has no secret to sign tokens with.`);

  return {
    issue({ userId, actionCode, idempotencyKey, scope, username }) {
      const issuedAt = toUnixSeconds(clock.now());
      const other = { tenantId, publishableKey, userId, username, actionCode, idempotencyKey };
      return new SignJWT({ scope, other })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(userId)
        .setIssuer(party)
        .setAudience(party)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + settings.tokenDurationInMinutes * 60)
        .sign(signingKey);
    },

    async check(token) {
      const currentDate = new Date(clock.now());
      let refusal: unknown;
      for (const key of keys) {
        try {
          const { payload } = await jwtVerify(token, key, {
            algorithms: ["HS256"],
            issuer: party,
            audience: party,
            currentDate,
          });
          return toClientToken(payload);
        } catch (error) {
          refusal = error;
          if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
        }
      }
      throw toTokenError(refusal);
    },
  };
}

/** Reads, without trusting it, the tenant that a token names: the tenant's own keys then decide. */
export function tenantIdOf(token: string): string | undefined {
  try {
    const { other } = decodeJwt(token);
    return isRecord(other) && typeof other.tenantId === "string" ? other.tenantId : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function toClientToken(payload: Record<string, unknown>): ClientToken {
  const { other, scope } = payload;
  if (
    !isRecord(other) ||
    typeof other.userId !== "string" ||
    typeof other.actionCode !== "string" ||
    typeof other.idempotencyKey !== "string"
  ) {
    throw new WireError("invalid_token", "The token is invalid.", "the token names no action");
  }
  return {
    userId: other.userId,
    actionCode: other.actionCode,
    idempotencyKey: other.idempotencyKey,
    scopes: new Set(typeof scope === "string" ? scope.split(" ") : []),
    username: typeof other.username === "string" ? other.username : undefined,
  };
}

function toTokenError(refusal: unknown): WireError {
  if (refusal instanceof WireError) return refusal;
  if (refusal instanceof errors.JWTExpired) {
    return new WireError("expired_token", "The token has expired.", "the token's exp has passed");
  }
  if (refusal instanceof errors.JOSEError) {
    return new WireError(
      "invalid_token",
      "The token is invalid.",
      `the token was refused: ${refusal.message}`,
    );
  }
  throw refusal;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
