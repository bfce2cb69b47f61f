/** Reads the network that a request comes from; rate limits count by it. */
import { isIP } from "node:net";
import type { Request } from "express";
import ipaddr from "ipaddr.js";
import { sha256 } from "./hash.ts";

/** One subscriber has a whole IPv6 network, so a limit per address would not limit anything. */
const ipv6PrefixLength = 64;

/**
 * @returns an IPv4 address, an IPv6 network as `2001:db8:1:2::/64`, or `unknown` for all text that is not an address
 */
export function networkOf(req: Request): string {
  const address = readAddress(req.ip ?? "");
  if (address === null) return "unknown";
  if (isIP(address) === 4) return address;
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/${ipv6PrefixLength}`).toString()}/${ipv6PrefixLength}`;
}

/** A hash of the network, so that tables contain no addresses and keys are short. */
export function networkKey(req: Request): string {
  return sha256(networkOf(req));
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
