/** Reads the network that a request comes from; rate limits count by it. */
import { isIP } from "node:net";
import type { Request } from "express";
import ipaddr from "ipaddr.js";
import { sha256 } from "./hash.ts";

/**
 * One subscriber has a whole IPv6 network, so a limit per address would not limit anything. Providers give a home a /56, and
 * some a /48 (RIPE-690).
 */
export const defaultIpv6Prefix = 56;

/**
 * @param ipv6Prefix how many bits of an IPv6 address name one subscriber
 * @returns an IPv4 address, an IPv6 network as `2001:db8:1::/56`, or `unknown` for all text that is not an address
 */
export function networkOf(req: Request, ipv6Prefix: number = defaultIpv6Prefix): string {
  const address = readAddress(req.ip ?? "");
  if (address === null) return "unknown";
  if (isIP(address) === 4) return address;
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/${ipv6Prefix}`).toString()}/${ipv6Prefix}`;
}

/** A hash of the network, so that tables contain no addresses and keys are short. */
export function networkKey(req: Request, ipv6Prefix?: number): string {
  return sha256(networkOf(req, ipv6Prefix));
}

/** Whether a host's option may name an IPv6 subscriber: from a provider's /32 to a single address. */
export function isIpv6Prefix(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 32 && value <= 128;
}

/**
 * Reads an address as proxies write it: `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]:4711`, each also between quotes or
 * with white space around it. An IPv4-mapped IPv6 address is the IPv4 address; the zone of a link-local one is left out.
 * Shorthand such as `127.1` or `0x7f000001` is no address: proxies do not write it, and each number would be a place.
 * @returns null for any other text
 */
export function readAddress(text: string): string | null {
  const bare = text.trim().replace(/^"(.*)"$/, "$1");
  const host = /^\[([^[\]]*)\](?::\w*)?$/.exec(bare)?.[1] ?? /^([\d.]+):\w*$/.exec(bare)?.[1] ?? bare;
  const address = host.replace(/%.*$/, "");
  // ipaddr.js alone takes shorthand too.
  if (isIP(host) === 0 || !ipaddr.isValid(address)) return null;
  return ipaddr.process(address).toString();
}
