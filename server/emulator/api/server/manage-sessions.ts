import { createHash } from "node:crypto";
import { errors } from "jose";
import { findAction } from "../../domain/tracked-actions.ts";
import { checkUserId, userAttributes } from "../../domain/user-records.ts";
import { toUnixSeconds } from "../../tenant/clock.ts";
import type { Session } from "../../tenant/records.ts";
import { issuerOf, readAccessToken, signAccessToken } from "../../tenant/session-tokens.ts";
import type { Tenant } from "../../tenant/tenant.ts";
import { optionalText, optionalTexts, requiredText } from "../../wire/input.ts";
import type { Json } from "../../wire/wire.ts";
import { invalidRequest, WireError } from "../../wire/wire-error.ts";
import type { Call } from "../api-operation.ts";

/** The portal's defaults are not documented: an hour and thirty days (*inferred*). */
const defaultAccessMinutes = 60;
const defaultRefreshMinutes = 30 * 24 * 60;

/** `POST /sessions` (protocol 8.1): a finished challenge becomes a pair of tokens. */
export async function createSession(call: Call): Promise<Json> {
  const { tenant, body } = call;
  const clientId = requiredText(body, "clientId", 256);
  const token = requiredText(body, "token", 8_192);
  const actionCode = optionalText(body, "action");
  const { appClients } = tenant.settings;
  if (appClients.length > 0 && !appClients.some((client) => client.clientId === clientId)) {
    throw invalidRequest("The app client does not exist.");
  }
  const claims = tenant.tokens.check(token);
  if (actionCode !== undefined && actionCode !== claims.actionCode)
    throw invalidRequest("Action is invalid.");
  const action = findAction(tenant, claims);
  if (action?.state !== "CHALLENGE_SUCCEEDED" || action.verificationMethod === undefined) {
    throw invalidRequest("The challenge has not been completed.");
  }
  const { userId, verificationMethod } = action;
  const sessionId = tenant.random.uuid();
  return issuePair(call, { sessionId, userId, clientId, verificationMethod, createdAt: tenant.clock.now() });
}

/** `POST /sessions/refresh`: a new pair; the old refresh token and the old access token stop working. */
export function refreshSession(call: Call): Promise<Json> {
  const { tenant, body } = call;
  const refreshTokenHash = hashOf(requiredText(body, "refreshToken"));
  const [session] = tenant.state.sessions.where("refreshTokenHash", refreshTokenHash);
  if (session === undefined || session.expiresAt <= tenant.clock.now()) {
    throw new WireError(
      "invalid_token",
      "The refresh token is invalid.",
      "no live session has this refresh token",
    );
  }
  return issuePair(call, session);
}

async function issuePair(
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
  // Rotated before anything is awaited: of two refreshes with one token, the second finds nothing.
  tenant.state.sessions.put(session.sessionId, session);
  const expiresAt = now + (client?.accessTokenDurationInMinutes ?? defaultAccessMinutes) * 60_000;
  const accessToken = await signAccessToken(tenant, { session, issuer: issuerOf(tenant), expiresAt });
  return { accessToken, refreshToken };
}

/** `POST /sessions/validate`. */
export async function validateSession({ tenant, body }: Call): Promise<Json> {
  const clientIds = optionalTexts(body, "clientIds");
  const { session, expiresAt } = await findSession(tenant, requiredText(body, "accessToken", 8_192));
  if (clientIds !== undefined && clientIds.length > 0 && !clientIds.includes(session.clientId)) {
    throw new WireError(
      "invalid_token",
      "The access token is invalid.",
      "the session belongs to another app client",
    );
  }
  const user = tenant.state.users.get(session.userId);
  return {
    user: { userId: session.userId, ...(user === undefined ? {} : userAttributes(user)) },
    expiresAt,
    verificationMethod: session.verificationMethod,
  };
}

/** `POST /sessions/revoke`. */
export async function revokeSession({ tenant, body }: Call): Promise<Json> {
  const { session } = await findSession(tenant, requiredText(body, "accessToken", 8_192));
  tenant.state.sessions.delete(session.sessionId);
  return {};
}

/** `POST /sessions/user/revoke`: every session of the user. */
export function revokeUserSessions({ tenant, body }: Call): Json {
  tenant.state.sessions.deleteWhere("userId", checkUserId(requiredText(body, "userId")));
  return {};
}

async function findSession(tenant: Tenant, accessToken: string) {
  const refuse = (reason: string) => new WireError("invalid_token", "The access token is invalid.", reason);
  const payload = await readAccessToken(tenant, accessToken).catch((error: unknown) => {
    if (error instanceof errors.JWTExpired) {
      throw new WireError("expired_token", "The access token has expired.");
    }
    throw error instanceof errors.JOSEError
      ? refuse(`the access token was refused: ${error.message}`)
      : error;
  });
  if (payload.iss !== issuerOf(tenant)) throw refuse("the access token has another issuer");
  const session = tenant.state.sessions
    .where("userId", payload.sub ?? "")
    .find((one) => one.accessTokenId === payload.jti && one.expiresAt > tenant.clock.now());
  if (session === undefined) throw refuse("the session was revoked, refreshed or has expired");
  return { session, expiresAt: payload.exp ?? toUnixSeconds(session.expiresAt) };
}

function hashOf(refreshToken: string): string {
  return createHash("sha256").update(refreshToken).digest("base64url");
}
