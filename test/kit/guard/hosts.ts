/** Which hosts the network guard lets pass: this machine, and what a suite names. */

/** Works without anything around it: its source also runs in worker threads. */
export function hostRules(allow: readonly string[]): HostRules {
  const net = process.getBuiltinModule("node:net");
  const addresses = new net.BlockList();
  addresses.addSubnet("127.0.0.0", 8);
  addresses.addAddress("::1", "ipv6");
  // A server binds to these; a connection to them reaches this machine.
  addresses.addAddress("0.0.0.0");
  addresses.addAddress("::", "ipv6");
  const ownNames = new Set(["localhost", ...namesOfThisMachine()]);
  const allowedNames = new Set<string>();
  for (const entry of allow) {
    const [address = "", prefix] = entry.split("/");
    const family = net.isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix !== undefined) addresses.addSubnet(address, Number(prefix), family);
    else if (net.isIP(address) !== 0) addresses.addAddress(address, family);
    else allowedNames.add(plain(entry));
  }

  /** Names that the hosts file gives loopback addresses alone. */
  function namesOfThisMachine(): readonly string[] {
    const fs = process.getBuiltinModule("node:fs");
    const file = process.platform === "win32" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts";
    if (!fs.existsSync(file)) return [];
    const rows = fs
      .readFileSync(file, "utf8")
      .split("\n")
      .map((row) => row.replace(/#.*/, "").trim().toLowerCase().split(/\s+/));
    const elsewhere = new Set(rows.filter(([at = ""]) => !isLoopback(at)).flatMap(([, ...names]) => names));
    return rows.flatMap(([, ...names]) => names).filter((name) => !elsewhere.has(name));
  }

  function isLoopback(address: string): boolean {
    return net.isIP(address) !== 0 && addresses.check(address, net.isIPv6(address) ? "ipv6" : "ipv4");
  }

  /** One spelling of a host: `[::1]`, `::1%lo`, `LOCALHOST.` and `0x7f.1` name this machine too. */
  function plain(host: string): string {
    const bare = host
      .replace(/^\[|\]$/g, "")
      .replace(/%.*$/, "")
      .replace(/\.$/, "")
      .toLowerCase();
    if (net.isIP(bare) !== 0 || !/^(0x[\da-f]*|\d+)(\.(0x[\da-f]*|\d+))*$/.test(bare)) return bare;
    try {
      return new URL(`http://${bare}`).hostname;
    } catch (error) {
      if (error instanceof TypeError) return bare;
      throw error;
    }
  }

  function isNamed(host: string): boolean {
    const name = plain(host);
    const above = name.split(".").map((_, at, labels) => `*.${labels.slice(at + 1).join(".")}`);
    return allowedNames.has(name) || above.some((pattern) => allowedNames.has(pattern));
  }

  return {
    isNamed,
    passes(host) {
      const name = plain(host);
      return isLoopback(name) || ownNames.has(name) || name.endsWith(".localhost") || isNamed(name);
    },
    learn(address) {
      if (net.isIP(address) !== 0) addresses.addAddress(address, net.isIPv6(address) ? "ipv6" : "ipv4");
    },
  };
}

export interface HostRules {
  /** Whether this host is this machine, or one that the suite named. */
  passes(host: string): boolean;
  /** Whether the suite named it. */
  isNamed(host: string): boolean;
  /** Lets an address pass: it is the answer for a named host. */
  learn(address: string): void;
}
