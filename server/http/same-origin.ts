/**
 * Refuses unsafe requests that another site made, against cross-site request forgery (OWASP CSRF cheat sheet, "Fetch
 * Metadata headers"). Needs no CSRF token.
 */
import type { RequestHandler } from "express";
import { AppError } from "./errors.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * @param origins the origins that this API's own pages are served from, as `https://app.example.com`
 * @param isAmbient whether browsers attach the session by themselves; if not, `origins` may include other sites
 */
export function requireSameOrigin(origins: readonly string[], isAmbient = true): RequestHandler {
  return (req, res, next) => {
    res.vary("Sec-Fetch-Site").vary("Origin");
    if (
      !safeMethods.has(req.method) &&
      !(
        isSameOrigin(req.get("sec-fetch-site"), req.get("origin"), origins) ||
        (!isAmbient && origins.includes(req.get("origin") ?? ""))
      )
    ) {
      throw new AppError("cross_site_request");
    }
    next();
  };
}

function isSameOrigin(
  site: string | undefined,
  origin: string | undefined,
  origins: readonly string[],
): boolean {
  // Check each header that is there: a proxy or an extension may remove one, but no page can forge one.
  if (site !== undefined && site !== "same-origin") return false;
  if (origin !== undefined) return origins.includes(origin);
  // Without both it is not a browser: browsers send Origin with unsafe methods. So no cookie was attached for another site.
  return true;
}
