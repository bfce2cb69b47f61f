/** Issues the access token and the refresh token of a session. */
import { createHash } from "node:crypto";
import type { Session } from "../../../tenant/records.ts";
import { issuerOf, signAccessToken } from "../../../tenant/session-tokens.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

/** An hour and thirty days: *inferred*, the portal's defaults are not documented. */
const defaultAccessMinutes = 60;
const defaultRefreshMinutes = 30 * 24 * 60;

export async function issuePair(
  { tenant }: Call,
  basis: Pick<Session, "sessionId" | "userId" | "clientId" | "verificationMethod" | "createdAt">,
): Promise<Json> {
  const client = tenant.settings.appClients.find(({ clientId }) => clientId === basis.clientId);
  const now = tenant.clock.now();
  const refreshToken = tenant.random.bytes(32).toString("hex");
  const session: Session = {
    ...basis,
    accessTokenId: tenant.random.uuid(),
    refreshTokenHash: hashOf(refreshToken),
    expiresAt: now + (client?.refreshTokenDurationInMinutes ?? defaultRefreshMinutes) * 60_000,
  };
  // Stored before the first await: of two refreshes with one token, the second fails.
  tenant.state.sessions.put(session.sessionId, session);
  const expiresAt = now + (client?.accessTokenDurationInMinutes ?? defaultAccessMinutes) * 60_000;
  const accessToken = await signAccessToken(tenant, { session, issuer: issuerOf(tenant), expiresAt });
  return { accessToken, refreshToken };
}

export function hashOf(refreshToken: string): string {
  return createHash("sha256").update(refreshToken).digest("base64url");
}
