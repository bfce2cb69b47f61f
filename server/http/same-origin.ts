/**
 * Refuses unsafe requests that another site made, against cross-site request forgery (OWASP CSRF cheat sheet, "Fetch
 * Metadata headers"). Needs no CSRF token.
 */
import type { RequestHandler } from "express";
import { AppError } from "./errors.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

export interface SameOriginPolicy {
  /** Whether browsers attach the session by themselves; if not, `origins` may be other sites' too. Default true. */
  readonly isAmbient?: boolean | undefined;
  /** Origins of other sites whose pages may act with a person's session. Default none. */
  readonly crossSiteOrigins?: readonly string[] | undefined;
}

/**
 * @param origins the origins that this API's own pages are served from, as `https://app.example.com`
 * @throws AppError cross_site_request, whose message names the origin and the option, for the log alone
 */
export function requireSameOrigin(origins: readonly string[], policy: SameOriginPolicy = {}): RequestHandler {
  return (req, res, next) => {
    res.vary("Sec-Fetch-Site").vary("Origin");
    if (safeMethods.has(req.method)) return next();
    const [site, origin] = [req.get("sec-fetch-site"), req.get("origin")];
    if (!mayPass(site, origin, origins, policy))
      throw new AppError("cross_site_request", { detail: explain(site, origin) });
    next();
  };
}

function mayPass(
  site: string | undefined,
  origin: string | undefined,
  origins: readonly string[],
  { isAmbient = true, crossSiteOrigins = [] }: SameOriginPolicy,
): boolean {
  // No page can forge either header, but an extension or a proxy may lose one: where both are sent, both must fit.
  // Neither is sent: not a browser (every current browser sends Origin with an unsafe method), so no cookie to abuse.
  if (origin === undefined) return site === undefined || site === "same-origin";
  if (crossSiteOrigins.includes(origin)) return true;
  if (!origins.includes(origin)) return false;
  return !isAmbient || site === undefined || site === "same-origin" || site === "same-site";
}

/** Both values are the sender's: shortened, and quoted so that they cannot look like lines of the log. */
function explain(site: string | undefined, origin: string | undefined): string {
  const show = (value: string | undefined) =>
    value === undefined ? "absent" : JSON.stringify(value.slice(0, 200));
  const option = site === "cross-site" ? "crossSiteOrigins" : "origins";
  return (
    `Refused an unsafe request: Origin is ${show(origin)}, Sec-Fetch-Site is ${show(site)}. ` +
    `If the page is yours, list its origin in the option \`${option}\`.`
  );
}
