/** Signs and checks HS256 tokens (RFC 7515, 7519). By hand: the WebCrypto calls of `jose` fail in jsdom. */
import { createHmac, timingSafeEqual } from "node:crypto";

export type Claims = Readonly<Record<string, unknown>>;

const header = base64url(JSON.stringify({ alg: "HS256" }));

export function signClaims(claims: Claims, secret: string): string {
  const signed = `${header}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${signatureOf(signed, secret)}`;
}

/** The claims of a token that one of the secrets signed, else `undefined`. Callers check the expiry. */
export function verifiedClaims(token: string, secrets: readonly string[]): Claims | undefined {
  const [head, payload, signature, ...more] = token.split(".");
  // Comparing the whole header leaves no choice of algorithm.
  if (head !== header || payload === undefined || signature === undefined || more.length > 0)
    return undefined;
  const isSigned = secrets.some((secret) => isSame(signatureOf(`${head}.${payload}`, secret), signature));
  return isSigned ? parsed(payload) : undefined;
}

/** Claims without a check of the signature: only to find the tenant whose secrets check it. */
export function unverifiedClaims(token: string): Claims | undefined {
  return parsed(token.split(".")[1] ?? "");
}

function signatureOf(signed: string, secret: string): string {
  return createHmac("sha256", secret).update(signed).digest("base64url");
}

function isSame(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function parsed(payload: string): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return isClaims(claims) ? claims : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function isClaims(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
