/** Checks of the addresses in a configuration: where people open the app, what passkeys are bound to, where Authsignal is. */
import { BlockList, isIP } from "node:net";
import { getDomain } from "tldts";
import { faultOfOrigin } from "./check-addresses.ts";
import { split } from "./native-apps.ts";

export function checkApiUrl(apiUrl: string, problems: string[]): void {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
  if (url === null || url.username !== "" || url.search !== "" || url.hash !== "") {
    problems.push(
      "AUTHSIGNAL_API_URL is not a URL: use your region's, for example https://api.authsignal.com/v1.",
    );
  } else if (isLoopback(url.hostname)) {
    problems.push(
      "AUTHSIGNAL_API_URL points to this machine: that is an emulator, not Authsignal. Use your region's URL.",
    );
  } else if (url.protocol !== "https:") {
    problems.push("AUTHSIGNAL_API_URL must begin with https: the API secret key travels over it.");
  } else if (!/\/v1\/?$/.test(url.pathname)) {
    problems.push(`AUTHSIGNAL_API_URL must end in /v1: write ${url.origin}/v1.`);
  }
}

export function readOrigin(text: string, problems: string[]): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    problems.push(
      "ORIGIN is not an origin: write scheme, host and port, for example https://app.example.com.",
    );
    return null;
  }
  if (url.origin !== text.replace(/\/$/, "")) {
    problems.push(`ORIGIN must be scheme, host and port only: write ${url.origin}.`);
    return null;
  }
  if (isIP(url.hostname.replace(/^\[|\]$/g, "")) !== 0) {
    problems.push(
      "ORIGIN is an IP address, which browsers refuse for passkeys: use http://localhost or a domain.",
    );
    return null;
  }
  if (url.protocol === "http:" && !isLocalhost(url.hostname)) {
    problems.push(
      "ORIGIN must begin with https: browsers offer passkeys only there, and on http://localhost.",
    );
  }
  return url;
}

/** Reads `https://a.example.com, https://b.example.com`: all with the scheme of the first origin, none twice. */
export function readMoreOrigins(text: string, origin: URL | null, problems: string[]): readonly string[] {
  const origins = split(text);
  for (const one of origins) {
    const instead = faultOfOrigin(one);
    if (instead !== null) problems.push(`MORE_ORIGINS must have ${instead}.`);
    else if (origin !== null && new URL(one).protocol !== origin.protocol)
      problems.push(
        `MORE_ORIGINS has ${one}, but ORIGIN begins with ${origin.protocol}//: cookies fit one of them only.`,
      );
  }
  return [...new Set(origins)].filter((one) => one !== origin?.origin);
}

export function checkRpId(rpId: string, origin: URL, problems: string[]): void {
  if (/[:/]/.test(rpId) || isIP(rpId) !== 0 || rpId !== rpId.toLowerCase()) {
    problems.push("RP_ID must be a bare domain in lower case: no scheme, port, path or IP address.");
  } else if (origin.hostname !== rpId && !origin.hostname.endsWith(`.${rpId}`)) {
    problems.push(
      `RP_ID ${rpId} does not fit ORIGIN ${origin.origin}: it must be ${origin.hostname} or a parent domain of it.`,
    );
  } else if (!isLocalhost(rpId) && getDomain(rpId, { allowPrivateDomains: true }) === null) {
    problems.push(`RP_ID ${rpId} is a public suffix, which browsers refuse: use your own domain.`);
  }
}

function isLocalhost(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost");
}

function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const version = isIP(bare);
  return version === 0 ? isLocalhost(bare) : thisMachine.check(bare, version === 6 ? "ipv6" : "ipv4");
}

// BlockList also sees through IPv4-mapped IPv6 addresses.
const thisMachine = new BlockList();
thisMachine.addSubnet("127.0.0.0", 8, "ipv4");
thisMachine.addAddress("0.0.0.0", "ipv4");
thisMachine.addAddress("::1", "ipv6");
thisMachine.addAddress("::", "ipv6");
