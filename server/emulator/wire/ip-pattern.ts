/** What a rule compares an IP address with: an address, its beginning with `*`, or a network such as 10.0.0.0/8. */
import { BlockList, isIP } from "node:net";
import type { Shape } from "./shape.ts";
import { invalidRequest } from "./wire-error.ts";

const family = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

export const ipPattern: Shape = {
  schema: { type: "string", maxLength: 64 },
  check(value, where) {
    if (typeof value === "string" && (/^[\da-f.:]+\*$/i.test(value) || networkIn(value) !== undefined))
      return;
    throw invalidRequest(
      `${where} must be an IP address, its beginning such as 10.0.*, or a network such as 10.0.0.0/8.`,
    );
  },
};

/** @param pattern one that the shape has accepted */
export function matchesIp(pattern: string, address = ""): boolean {
  if (pattern.endsWith("*")) return address.startsWith(pattern.slice(0, -1));
  return isIP(address) !== 0 && networkIn(pattern)?.check(address, family(address)) === true;
}

function networkIn(text: string): BlockList | undefined {
  const [address = "", bits, ...more] = text.split("/");
  const longest = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits)))
    return undefined;
  if (Number(bits ?? longest) > longest) return undefined;
  const network = new BlockList();
  network.addSubnet(address, Number(bits ?? longest), family(address));
  return network;
}
