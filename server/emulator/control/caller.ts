/** Decides which requests may reach the page and the control plane: not those of other sites' pages. */
import type { IncomingMessage } from "node:http";
import { parseUrl } from "../wire/input.ts";

/**
 * Why a request may not reach the page or the control plane, or `undefined`. Otherwise any web page could read a
 * developer's emulator: by a cross-site request, or by resolving its own name to the loopback address (DNS rebinding).
 */
export function whyControlIsForbidden(
  request: IncomingMessage,
  allowedHosts: readonly string[],
  isPage: boolean,
): string | undefined {
  const host = hostNameOf(request.headers.host);
  if (host === undefined || !(isLoopback(host) || allowedHosts.includes(host))) {
    return "This host name is not allowed. Use localhost, or add the name to allowedHosts (--allow-host).";
  }
  // Any site may link to the page, for instance the app under test: its scripts can neither read nor frame it.
  if (isPage && isFollowedLink(request)) return undefined;
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return crossSite;
  const { origin } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, request.headers.host)) return crossSite;
  return undefined;
}

/**
 * Why a request may not reach the API, or `undefined`. Refuses only names that public DNS could resolve: a web page cannot
 * rebind an IP address or a single label (a container's name).
 */
export function whyApiIsForbidden(
  request: IncomingMessage,
  allowedHosts: readonly string[],
): string | undefined {
  const host = hostNameOf(request.headers.host);
  const isPublicName = host?.includes(".") && !host.endsWith(".localhost") && !/^[\d.]+$/.test(host);
  if (host === undefined || (isPublicName && !allowedHosts.includes(host))) {
    return "This host name is not allowed. Add it to allowedHosts (--allow-host).";
  }
  return undefined;
}

const crossSite = "Pages of other sites may not call this.";

function hostNameOf(host: string | undefined): string | undefined {
  const url = host === undefined ? null : parseUrl(`http://${host}`);
  if (url === null) return undefined;
  const { hostname, pathname, username, search } = url;
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
  return host !== undefined && parseUrl(origin)?.host === host;
}
