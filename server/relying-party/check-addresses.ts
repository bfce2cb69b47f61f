/** Refuses origins, RP IDs and API bases that no browser would accept: with what to write instead. */
import { isIP } from "node:net";
import { getDomain } from "tldts";

/** @returns what to write instead, or null for an origin that can be used */
export function faultOfOrigin(origin: unknown): string | null {
  const url = typeof origin === "string" && URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    return `scheme, host and port, such as "https://app.example.com", not "${String(origin)}"`;
  if (url.origin !== origin) return `scheme, host and port only: write "${url.origin}", not "${origin}"`;
  if (isIP(bare(url.hostname)) !== 0)
    return `a domain, not the IP address "${origin}": browsers have no passkeys there. Locally write "http://localhost:${url.port || 80}"`;
  if (url.protocol === "http:" && !isLocalhost(url.hostname))
    return `"https://${url.host}", not "${origin}": browsers have passkeys on https and on http://localhost only`;
  return null;
}

/** @returns what to write instead, or null for an RP ID that fits one of the origins */
export function faultOfRpId(rpId: string, origins: readonly string[]): string | null {
  const [first = "https://app.example.com"] = origins;
  const { hostname } = new URL(first);
  if (isIP(bare(rpId)) !== 0) return `a domain such as "${hostname}", not the IP address "${rpId}"`;
  if (/[:/@?#\s]/.test(rpId) || rpId !== rpId.toLowerCase())
    return `a bare domain in lower case such as "${hostname}", not "${rpId}"`;
  if (!isLocalhost(rpId) && getDomain(rpId, { allowPrivateDomains: true }) === null)
    return `your own domain such as "${hostname}", not the public suffix "${rpId}", which browsers refuse`;
  const fits = origins.some((origin) => isWithin(new URL(origin).hostname, rpId));
  return fits ? null : `"${hostname}" or a parent domain of it: "${rpId}" is foreign to your origins`;
}

/** @returns what to write instead, or null for a base that the browser SDK can use */
export function faultOfBaseUrl(baseUrl: string): string | null {
  const example = `your region's, such as "https://api.authsignal.com/v1"`;
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol))
    return `${example}, not "${baseUrl}"`;
  return /\/v1$/.test(baseUrl) ? null : `${example}: it ends in "/v1", and "${baseUrl}" does not`;
}

function isWithin(hostname: string, rpId: string): boolean {
  return hostname === rpId || hostname.endsWith(`.${rpId}`);
}

function isLocalhost(hostname: string): boolean {
  return isWithin(hostname, "localhost");
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
