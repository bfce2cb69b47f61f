/** Finds the session of an access token. */
import { errors } from "jose";
import { toUnixSeconds } from "../../../tenant/clock.ts";
import { issuerOf, readAccessToken } from "../../../tenant/session-tokens.ts";
import type { Tenant } from "../../../tenant/tenant.ts";
import { WireError } from "../../../wire/wire-error.ts";

export async function findSession(tenant: Tenant, accessToken: string) {
  const invalidAccessToken = (reason: string) =>
    new WireError("invalid_token", "The access token is invalid.", reason);
  const payload = await readAccessToken(tenant, accessToken).catch((error: unknown) => {
    if (error instanceof errors.JWTExpired) {
      throw new WireError("expired_token", "The access token has expired.");
    }
    throw error instanceof errors.JOSEError
      ? invalidAccessToken(`the access token was refused: ${error.message}`)
      : error;
  });
  if (payload.iss !== issuerOf(tenant)) throw invalidAccessToken("the access token has another issuer");
  const session = tenant.state.sessions
    .where("userId", payload.sub ?? "")
    .find((one) => one.accessTokenId === payload.jti && one.expiresAt > tenant.clock.now());
  if (session === undefined) throw invalidAccessToken("the session was revoked, refreshed or has expired");
  return { session, expiresAt: payload.exp ?? toUnixSeconds(session.expiresAt) };
}
