/**
 * Cross-site request forgery: refuses every unsafe request that a browser says another site made
 * (OWASP CSRF cheat sheet, "Fetch Metadata headers"). Needs no token in any form.
 */
import type { RequestHandler } from "express";
import { AppError } from "./errors.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * @param origins the origins that this API's own pages are served from, as `https://app.example.com`
 * @param isAmbient whether browsers attach the session by themselves; if not, `origins` may be other sites' too
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
  // Where both are sent both must fit: an extension or a proxy may lose one of them, no page can forge either.
  if (site !== undefined && site !== "same-origin") return false;
  if (origin !== undefined) return origins.includes(origin);
  // Neither: not a browser (every current browser sends Origin with an unsafe method), so no ambient cookie to abuse.
  return true;
}
