/**
 * Binds a passkey sign-in without a session to our own pages, against login CSRF (requirement S7). A browser names the page
 * that sends a request, and no page can change that. Where those headers are lost on the way to this server, a cookie takes
 * their place: `GET /config` and `GET /session` set it, and browsers send it with requests of our own site only. Only its
 * presence counts, so it needs neither a key nor a row of the storage. It lives as long as the browser: a page may wait for
 * hours.
 */
import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import { readCookies } from "../../../http/headers/cookies.ts";
import type { PasskeysContext } from "../../ports/options.ts";

export interface BegunHere {
  /** Sets the cookie in a browser that does not have it. */
  note(req: Request, res: Response): void;
  /** Whether our own page sent the request, as its browser says or as the cookie shows; true for what is no browser. */
  holdsFor(req: Request): boolean;
}

type Bound = Pick<PasskeysContext, "origins" | "crossSiteOrigins" | "sessions">;

export function createBegunHere({ origins, crossSiteOrigins, sessions }: Bound): BegunHere {
  // Without cookies no browser keeps what the answer to another page's request has signed in.
  if (sessions.isAmbient === false) return { note: () => {}, holdsFor: () => true };
  const secure = origins.every((origin) => origin.startsWith("https:"));
  // `__Host-`: no neighbour on another subdomain can set it.
  const name = secure ? "__Host-passkeys_begun" : "passkeys_begun";
  const isFromListedPage = (req: Request) =>
    req.get("sec-fetch-site") === "same-origin" ||
    [...origins, ...crossSiteOrigins].includes(req.get("origin") ?? "");
  const isThere = (req: Request) => readCookies(req, name).some((value) => /^[\w-]{32}$/.test(value));
  return {
    note(req, res) {
      if (isThere(req)) return;
      const value = randomBytes(24).toString("base64url");
      res.cookie(name, value, { httpOnly: true, sameSite: "strict", secure, path: "/" });
    },
    holdsFor: (req) => isFromListedPage(req) || !isBrowser(req) || isThere(req),
  };
}

/** Every browser names itself so. Another client sends what its user tells it to. */
function isBrowser(req: Request): boolean {
  return (req.get("user-agent") ?? "").startsWith("Mozilla/");
}
