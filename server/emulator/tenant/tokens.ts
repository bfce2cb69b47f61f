/** Issues and checks the tokens that track, claim and every finished ceremony return (protocol 2.1). */
import { createHash } from "node:crypto";
import type { TenantSettings } from "../wire/tenant-settings.ts";
import { WireError } from "../wire/wire-error.ts";
import { type Clock, toUnixSeconds } from "./clock.ts";
import { type Claims, isClaims, signClaims, unverifiedClaims, verifiedClaims } from "./signed-claims.ts";

/** What a token says: one occurrence of an action, and scopes for authenticators. */
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

export interface Tokens {
  issue(request: TokenRequest): string;
  check(token: string): ClientToken;
}

/** What a token carries after a finished challenge (protocol 2.3). */
export const scopesAfterChallenge =
  "read:authenticators add:authenticators update:authenticators remove:authenticators";

export function createTokens(settings: TenantSettings, clock: Clock): Tokens {
  const { tenantId, secrets } = settings;
  const party = `https://challenge.authsignal.com/${tenantId}`;
  const publishableKey = createHash("sha256").update(`publishable ${tenantId}`).digest("hex").slice(0, 32);
  const [signingSecret = ""] = secrets;

  return {
    issue({ userId, actionCode, idempotencyKey, scope, username }) {
      const iat = toUnixSeconds(clock.now());
      return signClaims(
        {
          iat,
          exp: iat + settings.tokenDurationInMinutes * 60,
          sub: userId,
          iss: party,
          aud: party,
          scope,
          other: { tenantId, publishableKey, userId, username, actionCode, idempotencyKey },
        },
        signingSecret,
      );
    },

    check(token) {
      const claims = verifiedClaims(token, secrets);
      if (claims === undefined) throw invalidToken("the token is not one that this tenant signed");
      if (claims.iss !== party || claims.aud !== party)
        throw invalidToken("the token has another issuer or audience");
      if (typeof claims.exp !== "number") throw invalidToken("the token has no exp");
      if (claims.exp <= toUnixSeconds(clock.now())) {
        throw new WireError("expired_token", "The token has expired.", "the token's exp has passed");
      }
      return toClientToken(claims);
    },
  };
}

/** The tenant that a token names, unverified: that tenant's secrets then check the token. */
export function tenantIdOf(token: string): string | undefined {
  const other = unverifiedClaims(token)?.other;
  return isClaims(other) && typeof other.tenantId === "string" ? other.tenantId : undefined;
}

function toClientToken({ other, scope }: Claims): ClientToken {
  if (
    !isClaims(other) ||
    typeof other.userId !== "string" ||
    typeof other.actionCode !== "string" ||
    typeof other.idempotencyKey !== "string"
  ) {
    throw invalidToken("the token names no action");
  }
  return {
    userId: other.userId,
    actionCode: other.actionCode,
    idempotencyKey: other.idempotencyKey,
    scopes: new Set(typeof scope === "string" ? scope.split(" ") : []),
    username: typeof other.username === "string" ? other.username : undefined,
  };
}

function invalidToken(reason: string): WireError {
  return new WireError("invalid_token", "The token is invalid.", reason);
}
