/**
 * Binds a passkey sign-in without a session to a browser that has opened our own page, against login CSRF (requirement S7).
 * The page's `GET /config` or `GET /session` sets a cookie that browsers send with requests of our own site only, and the
 * finish demands it. Only its presence is a proof, so it needs neither a key nor a row of the storage, and lives as long
 * as the browser: a page may wait for hours.
 */
import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import { readCookies } from "../../../http/headers/cookies.ts";
import type { PasskeysContext } from "../../ports/options.ts";

export interface BegunHere {
  /** Sets the cookie in a browser that does not have it. */
  note(req: Request, res: Response): void;
  /** Whether the request may finish a sign-in: its browser has the cookie, or cannot be made to send the request. */
  holdsFor(req: Request): boolean;
}

type Bound = Pick<PasskeysContext, "origins" | "crossSiteOrigins" | "sessions">;

export function createBegunHere({ origins, crossSiteOrigins, sessions }: Bound): BegunHere {
  // Without cookies no browser keeps what the answer to another page's request has signed in.
  if (sessions.isAmbient === false) return { note: () => {}, holdsFor: () => true };
  const secure = origins.every((origin) => origin.startsWith("https:"));
  // `__Host-`: no neighbour on another subdomain can set it.
  const name = secure ? "__Host-passkeys_begun" : "passkeys_begun";
  const isThere = (req: Request) => readCookies(req, name).some((value) => /^[\w-]{32}$/.test(value));
  return {
    note(req, res) {
      if (isThere(req)) return;
      const value = randomBytes(24).toString("base64url");
      res.cookie(name, value, { httpOnly: true, sameSite: "strict", secure, path: "/" });
    },
    // A page of another site never has the cookie. Its `Origin`, which no page can forge, is one that the host has listed.
    holdsFor: (req) => isThere(req) || crossSiteOrigins.includes(req.get("origin") ?? ""),
  };
}
