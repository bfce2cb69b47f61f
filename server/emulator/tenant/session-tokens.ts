/** Signs and checks access tokens of sessions: RS256, with published keys (protocol 2.5). */
import { exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { toUnixSeconds } from "./clock.ts";
import type { Session } from "./records.ts";
import type { Tenant } from "./tenant.ts";

const keyName = "session-rs256";

export function issuerOf(tenant: Tenant): string {
  return `${tenant.apiUrl()}/client/public/${encodeURIComponent(tenant.tenantId)}`;
}

export interface AccessTokenRequest {
  readonly session: Session;
  readonly issuer: string;
  /** Milliseconds. */
  readonly expiresAt: number;
}

export async function signAccessToken(tenant: Tenant, request: AccessTokenRequest): Promise<string> {
  const { session, issuer, expiresAt } = request;
  const jwk = await signingJwk(tenant);
  return new SignJWT({ email: tenant.state.users.get(session.userId)?.email })
    .setProtectedHeader({ alg: "RS256", kid: String(jwk.kid), typ: "JWT" })
    .setSubject(session.userId)
    .setIssuer(issuer)
    .setAudience(session.clientId)
    .setJti(session.accessTokenId)
    .setIssuedAt(toUnixSeconds(tenant.clock.now()))
    .setExpirationTime(toUnixSeconds(expiresAt))
    .sign(await importJWK(jwk, "RS256"));
}

/** The claims of an access token that this tenant signed and that has not expired; throws jose's errors otherwise. */
export async function readAccessToken(tenant: Tenant, accessToken: string) {
  const { kty, n, e } = await signingJwk(tenant);
  const key = await importJWK({ kty, n, e } as JWK, "RS256");
  const { payload } = await jwtVerify(accessToken, key, {
    algorithms: ["RS256"],
    currentDate: new Date(tenant.clock.now()),
  });
  return payload;
}

/** RFC 7517: the public half only. */
export async function publicJwks(tenant: Tenant) {
  const { kty, n, e, kid } = await signingJwk(tenant);
  return {
    keys: [{ kty: String(kty), n: String(n), e: String(e), kid: String(kid), use: "sig", alg: "RS256" }],
  };
}

const generating = new WeakMap<Tenant, Promise<JWK>>();

/** Generated when first needed, because that takes longer than starting the emulator; stored with the state. */
async function signingJwk(tenant: Tenant): Promise<JWK> {
  const stored = tenant.state.keys.get(keyName);
  if (stored !== undefined) return { ...stored.jwk };
  const underway = generating.get(tenant) ?? generate(tenant);
  generating.set(tenant, underway);
  try {
    return await underway;
  } finally {
    generating.delete(tenant);
  }
}

async function generate(tenant: Tenant): Promise<JWK> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), kid: tenant.random.uuid(), alg: "RS256" };
  tenant.state.keys.put(keyName, { jwk: { ...jwk } });
  return jwk;
}
