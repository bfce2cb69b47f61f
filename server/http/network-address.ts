/** The network that a request comes from, as the unit that limits count. */
import type { Request } from "express";
import ipaddr from "ipaddr.js";
import { sha256 } from "./hash.ts";

/** One subscriber's IPv6 network: counting single addresses of it would count nothing. */
const ipv6PrefixLength = 64;

/**
 * @returns an IPv4 address, an IPv6 network as `2001:db8:1:2::/64`, or `unknown`: whatever a proxy wrote that is no
 * address counts as one place
 */
export function networkOf(req: Request): string {
  const text = withoutPort(req.ip ?? "");
  if (!ipaddr.isValid(text)) return "unknown";
  // An IPv4 address that was mapped into IPv6 is an IPv4 address.
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return address.toString();
  const [network] = [ipaddr.IPv6.networkAddressFromCIDR(`${text.split("%")[0]}/${ipv6PrefixLength}`)];
  return `${network.toString()}/${ipv6PrefixLength}`;
}

/** Short enough for any table, and no list of addresses in it. */
export function networkKey(req: Request): string {
  return sha256(networkOf(req));
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}
