/** Finds the tenant and the token that a request presents. */
import { createHash, timingSafeEqual } from "node:crypto";
import { invalidRequest, unauthorized, WireError } from "../wire/wire-error.ts";
import type { Tenant } from "./tenant.ts";
import { type ClientToken, tenantIdOf } from "./tokens.ts";

export interface Tenants {
  byId(tenantId: string): Tenant | undefined;
  bySecret(secret: string): Tenant | undefined;
  all(): readonly Tenant[];
  /** Throws if another tenant has the same id or a secret of it. */
  add(tenant: Tenant): void;
  remove(tenantId: string): Tenant | undefined;
}

export function createTenants(): Tenants {
  const byId = new Map<string, Tenant>();
  const bySecretDigest = new Map<string, Tenant>();
  return {
    byId: (tenantId) => byId.get(tenantId),
    // Looking up a digest takes the same time however much of a guessed secret is right.
    bySecret: (secret) => bySecretDigest.get(digestOf(secret)),
    all: () => [...byId.values()],
    add(tenant) {
      const { tenantId, settings } = tenant;
      if (byId.has(tenantId)) throw new Error(`Two emulated tenants have the id ${tenantId}.`);
      const digests = settings.secrets.map(digestOf);
      if (digests.some((digest) => bySecretDigest.has(digest))) {
        throw new Error(`Two emulated tenants share a secret; the second is ${tenantId}.`);
      }
      byId.set(tenantId, tenant);
      for (const digest of digests) bySecretDigest.set(digest, tenant);
    },
    remove(tenantId) {
      const tenant = byId.get(tenantId);
      byId.delete(tenantId);
      for (const secret of tenant?.settings.secrets ?? []) bySecretDigest.delete(digestOf(secret));
      return tenant;
    },
  };
}

/** The tenant that a call of the control plane names. */
export function requireTenant(tenants: Tenants, tenantId: string): Tenant {
  const tenant = tenants.byId(tenantId);
  if (tenant !== undefined) return tenant;
  const known = tenants.all().map((one) => one.tenantId);
  throw invalidRequest(
    `The emulator does not have the tenant ${JSON.stringify(tenantId)}. Known: ${known.join(", ")}.`,
  );
}

/** Server API: the secret as Basic user name. */
export function authenticateSecret(tenants: Tenants, authorization: string | undefined): Tenant {
  const secret = basicUserName(authorization);
  if (secret === undefined) throw unauthorized("no Basic authorization");
  const tenant = tenants.bySecret(secret);
  if (tenant === undefined) throw unauthorized("no tenant has this API secret key");
  return tenant;
}

/** Client API, signing in: the tenant id as Basic user name. */
export function authenticateTenant(tenants: Tenants, authorization: string | undefined): Tenant {
  const tenantId = basicUserName(authorization);
  if (tenantId === undefined) throw unauthorized("no Basic authorization");
  const tenant = tenants.byId(tenantId) ?? tenants.byId(percentDecoded(tenantId));
  if (tenant === undefined)
    throw unauthorized(`no tenant has the id ${JSON.stringify(tenantId.slice(0, 64))}`);
  return tenant;
}

/** Client API, for a user: the token as Bearer. */
export function authenticateToken(
  tenants: Tenants,
  authorization: string | undefined,
): { tenant: Tenant; token: ClientToken } {
  const bearer = bearerToken(authorization);
  if (bearer === undefined)
    throw new WireError("token_required", "A token is required.", "no Bearer authorization");
  const tenantId = tenantIdOf(bearer);
  const tenant = tenantId === undefined ? undefined : tenants.byId(tenantId);
  if (tenant === undefined) {
    throw new WireError(
      "invalid_token",
      "The token is invalid.",
      "the token names a tenant that this emulator does not have",
    );
  }
  const token = tenant.tokens.check(bearer);
  if (tenant.state.users.get(token.userId) === undefined) {
    throw new WireError("invalid_token", "The token is invalid.", "the token's user was deleted");
  }
  return { tenant, token };
}

/** The tenant that a request presents, unverified for a token: for faults of one tenant. */
export function presentedTenant(tenants: Tenants, authorization: string | undefined): string | undefined {
  const bearer = bearerToken(authorization);
  if (bearer !== undefined) return tenantIdOf(bearer);
  const userName = basicUserName(authorization) ?? "";
  const tenant =
    tenants.bySecret(userName) ?? tenants.byId(userName) ?? tenants.byId(percentDecoded(userName));
  return tenant?.tenantId;
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}

/**
 * By hand, because SDKs differ (protocol 1.2): with or without the colon, base64 or base64url, and the web SDK
 * percent-encodes first. Standard parsers require the colon.
 */
function basicUserName(authorization: string | undefined): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [userName] = Buffer.from(encoded, "base64").toString("utf8").split(":", 1);
  return userName === "" ? undefined : userName;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64");
}

/** Compares in constant time. */
export function sameText(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(left)), Buffer.from(digestOf(right)));
}
