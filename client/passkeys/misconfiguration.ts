/**
 * needs:    our server's `GET /config`.
 * does:     tells the developer on the console what to change if passkeys cannot work at this address.
 * must not: tell the person: failures.ts has words for them.
 */
let isReported = false;

export function reportMisconfiguration({ rpId }: { readonly rpId: string }): void {
  if (isReported) return;
  isReported = true;
  // biome-ignore lint/suspicious/noConsole: for the developer
  console.error(`Passkeys cannot work here. ${fixFor(rpId, location)}`);
}

export function fixFor(rpId: string, page: Pick<Location, "hostname" | "protocol" | "port">): string {
  const { hostname, protocol, port } = page;
  if (protocol !== "https:" && hostname !== "localhost") {
    return `The page is served over ${protocol}//, and browsers allow passkeys over https: and on localhost only.`;
  }
  if (isIpAddress(hostname)) {
    return `Passkeys do not work on an IP address (${hostname}): open the page under a domain name, such as http://localhost:${port}.`;
  }
  if (hostname !== rpId && !hostname.endsWith(`.${rpId}`)) {
    return `The RP ID is "${rpId}", but this page is on "${hostname}". Set the RP ID of the Authsignal tenant (and RP_ID) to "${hostname}" or a domain above it, or open the page on "${rpId}".`;
  }
  return `The RP ID "${rpId}" matches this page, but the browser rejected it. Check that it is not a public suffix, and that a frame around this page has the permission policy "publickey-credentials-get".`;
}

function isIpAddress(hostname: string): boolean {
  return /^[\d.]+$/.test(hostname) || hostname.startsWith("[");
}
