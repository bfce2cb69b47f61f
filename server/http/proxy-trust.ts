/** Reads which proxies are trusted, and answers it for Express's `trust proxy`. */
import { BlockList, isIP } from "node:net";
import { readAddress } from "./network-address.ts";

/** How many proxies stand in front, or their addresses and subnets. */
export type TrustedProxies = number | readonly string[];

/** Names of Express for networks that no address of the internet is in. */
const named = {
  loopback: ["127.0.0.1/8", "::1/128"],
  linklocal: ["169.254.0.0/16", "fe80::/10"],
  uniquelocal: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
} as const;

/** @returns whether a text is an address, a subnet such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal` */
export function isProxyNetwork(text: string): boolean {
  return isName(text) || subnetOf(text) !== null;
}

/**
 * @returns the value for `app.set("trust proxy", …)`. Express compares addresses as they are written; this takes off ports
 * and brackets first, because a proxy in the middle may have written them
 * @throws TypeError that names the entry which is no network
 */
export function proxyTrust(proxies: TrustedProxies): number | ((address: string) => boolean) {
  if (typeof proxies === "number") return proxies;
  const trusted = new BlockList();
  for (const text of proxies.flatMap((one) => (isName(one) ? named[one] : [one]))) {
    const subnet = subnetOf(text);
    if (subnet === null) throw new TypeError(`"${text}" is no address or subnet of a proxy.`);
    trusted.addSubnet(subnet.address, subnet.prefix, subnet.family);
  }
  return (text) => {
    const address = readAddress(text);
    return address !== null && trusted.check(address, familyOf(address));
  };
}

function isName(text: string): text is keyof typeof named {
  return Object.hasOwn(named, text);
}

function subnetOf(text: string) {
  const [, network = "", prefixText] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = isIP(network) === 0 ? null : readAddress(network);
  if (address === null) return null;
  const family = familyOf(address);
  const longest = family === "ipv4" ? 32 : 128;
  const prefix = prefixText === undefined ? longest : Number(prefixText);
  // A prefix of 0 would trust every client.
  return prefix >= 1 && prefix <= longest ? { address, prefix, family } : null;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}
