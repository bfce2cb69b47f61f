/** Decides which requests may reach the page and the control plane: not those of other sites' pages. */
import type { IncomingMessage } from "node:http";

/**
 * Why a request may not touch the page or the control plane, or `undefined`. A web page anywhere could otherwise reach a
 * developer's emulator: directly (cross-site), or by pointing its own name at the loopback address (DNS rebinding).
 */
export function whyControlIsForbidden(
  request: IncomingMessage,
  allowedHosts: readonly string[],
  isPage: boolean,
): string | undefined {
  const host = hostNameOf(request.headers.host);
  if (host === undefined || !(isLoopback(host) || allowedHosts.includes(host))) {
    return "This host name is not allowed. Address the emulator as localhost, or name the host in allowedHosts.";
  }
  // A link to the page may be on any site, for instance on that of the app under test: following it shows a page that no
  // script of that site can read or frame.
  if (isPage && isFollowedLink(request)) return undefined;
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return crossSite;
  const { origin } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, request.headers.host)) return crossSite;
  return undefined;
}

/**
 * Why a request may not touch the API, or `undefined`. Here only names that a public DNS could resolve are foreign: an
 * address or a single label (a container's name) cannot be rebound by a web page.
 */
export function whyApiIsForbidden(
  request: IncomingMessage,
  allowedHosts: readonly string[],
): string | undefined {
  const host = hostNameOf(request.headers.host);
  const isPublicName = host?.includes(".") && !host.endsWith(".localhost") && !/^[\d.]+$/.test(host);
  if (host === undefined || (isPublicName && !allowedHosts.includes(host))) {
    return "This host name is not allowed: name it in allowedHosts.";
  }
  return undefined;
}

const crossSite = "Only the emulator's own page and programs may call this, not another site's page.";

function hostNameOf(host: string | undefined): string | undefined {
  const url = `http://${host ?? ""}`;
  if (host === undefined || !URL.canParse(url)) return undefined;
  const { hostname, pathname, username, search } = new URL(url);
  return pathname === "/" && username === "" && search === "" ? hostname : undefined;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function isFollowedLink({ method, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document" &&
    headers.origin === undefined
  );
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
