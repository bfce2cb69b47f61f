/** Reads the network that a request comes from; rate limits count by it. */
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
  const text = withoutPort(req.ip ?? "");
  if (!ipaddr.isValid(text)) return "unknown";
  // Converts an IPv4-mapped IPv6 address to IPv4.
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return address.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${text.split("%")[0]}/${ipv6Prefix}`);
  return `${network.toString()}/${ipv6Prefix}`;
}

/** A hash of the network, so that tables contain no addresses and keys are short. */
export function networkKey(req: Request, ipv6Prefix?: number): string {
  return sha256(networkOf(req, ipv6Prefix));
}

/** Whether a host's option may name an IPv6 subscriber: from a provider's /32 to a single address. */
export function isIpv6Prefix(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 32 && value <= 128;
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}
