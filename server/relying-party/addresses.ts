/** The rules for origins, RP IDs and API bases. Each sentence completes "… must be". */
import { BlockList, isIP } from "node:net";
import { getDomain } from "tldts";

/** @returns what to write instead, or null for an origin on which browsers offer passkeys */
export function adviceForOrigin(origin: unknown): string | null {
  const url = httpUrl(origin);
  if (url === null) return 'scheme, host and port, such as "https://app.example.com"';
  const written = url.username === "" && url.password === "" ? `, not "${String(origin)}"` : "";
  if (isIP(bare(url.hostname)) !== 0)
    return `a domain, not the IP address "${bare(url.hostname)}": browsers have no passkeys there. Locally write "http://localhost${url.port === "" ? "" : `:${url.port}`}"`;
  if (url.hostname.includes("*"))
    return `one host${written}: list each origin, because wildcards match nothing`;
  const hostname = url.hostname.replace(/\.$/, "");
  if (!isDomain(hostname)) return `a host name that exists in DNS${written}`;
  const host = url.port === "" ? hostname : `${hostname}:${url.port}`;
  const exact = `${url.protocol}//${host}`;
  if (exact !== origin) return `scheme, host and port only: write "${exact}"${written}`;
  if (url.protocol === "http:" && !isLocalhost(hostname))
    return `"https://${host}"${written}: browsers have passkeys on https and on http://localhost only`;
  return null;
}

/**
 * @param origins usable origins; the RP ID must fit one of them. Empty if none is known: then only the form is checked
 * @returns what to write instead, or null for an RP ID that browsers accept on these origins
 */
export function adviceForRpId(rpId: string, origins: readonly string[]): string | null {
  const hosts = origins.map((origin) => new URL(origin).hostname);
  const [first = "app.example.com"] = hosts;
  const { hostname = "" } = httpUrl(`https://${rpId}`) ?? {};
  const host = isIP(rpId) === 0 ? bare(hostname) : rpId;
  if (isIP(host) !== 0) return `a domain such as "${first}", not the IP address "${host}"`;
  if (hostname !== rpId || !isDomain(rpId))
    return `a bare domain in lower case such as "${first}": no scheme, port, path, wildcard or dot at the end`;
  // Browsers consult the public suffix list only for an RP ID that is not the whole host.
  if (hosts.includes(rpId)) return null;
  if (!isLocalhost(rpId) && getDomain(rpId, { allowPrivateDomains: true }) === null)
    return `your own domain such as "${first}", not the public suffix "${rpId}", which browsers refuse`;
  const fits = hosts.length === 0 || hosts.some((host) => isWithin(host, rpId));
  return fits ? null : `"${first}" or a parent domain of it: "${rpId}" does not fit your origins`;
}

/**
 * Does not repeat the value: a secret may have been pasted in its place.
 * @param isEmulated whether http and this machine are allowed. Default true
 * @returns what to write instead, or null for a base that Authsignal's SDKs can use
 */
export function adviceForApiBase(base: unknown, isEmulated = true): string | null {
  const example = `your region's URL, such as "https://api.authsignal.com/v1"`;
  const url = httpUrl(base);
  if (url === null) return `${example}: this is not a URL`;
  if (/[@?#\s]/.test(String(base))) return `${example}: without user name, query or fragment`;
  if (!isEmulated && isLoopback(url.hostname))
    return `${example}: this one points to this machine, so to an emulator and not to Authsignal`;
  if (!isEmulated && url.protocol !== "https:")
    return `${example}: it begins with "https:", because the API secret key travels over it`;
  return String(base).endsWith("/v1") ? null : `${example}: it ends in "/v1"`;
}

/** Whether a host is the domain or a sub-domain of it. */
export function isWithin(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}

function isLocalhost(hostname: string): boolean {
  return isWithin(hostname, "localhost");
}

/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname).replace(/\.$/, "");
  const version = isIP(host);
  return version === 0 ? isLocalhost(host) : thisMachine.check(host, version === 6 ? "ipv6" : "ipv4");
}

// BlockList also recognises IPv4-mapped IPv6 addresses.
const thisMachine = new BlockList();
thisMachine.addSubnet("127.0.0.0", 8, "ipv4");
thisMachine.addAddress("0.0.0.0", "ipv4");
thisMachine.addAddress("::1", "ipv6");
thisMachine.addAddress("::", "ipv6");

function httpUrl(text: unknown): URL | null {
  const url = typeof text === "string" ? parseUrl(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

/** Not by `URL.canParse`: in Node 20, once it is compiled, it refuses every text with letters such as ü. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Labels of 1 to 63 letters, digits, `-` and `_`, as a URL writes them (punycode for other letters). */
function isDomain(hostname: string): boolean {
  return /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(hostname);
}

/** The host of a URL without the brackets of IPv6. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
