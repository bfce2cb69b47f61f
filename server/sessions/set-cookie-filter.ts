/** Sends the session cookie only in the answer that made the session, as a cookie that ends with the browser. */
import type { Request, Response } from "express";
import { readCookies } from "../http/headers/cookies.ts";

/**
 * express-session repeats the request's own cookie in its answer. A slow answer would then replace the newer cookie of a
 * sign-in or a step-up that was faster. The store keeps the idle limit, so the cookie needs no `Expires` to move.
 * Call it before express-session, whose listener then runs first.
 */
export function sendOnlyNewCookie(name: string, req: Request, res: Response): void {
  const writeHead: (...input: never[]) => Response = res.writeHead;
  const filter = (...input: never[]): Response => {
    const lines = [res.getHeader("Set-Cookie") ?? []].flat().map(String);
    const kept = lines.flatMap((line) => {
      const value = cookieValueIn(name, line);
      // An empty value clears the cookie.
      if (value === null || value === "") return [line];
      const isNeeded = hasContent(req) && !readCookies(req, name).includes(value);
      return isNeeded ? [line.replace(/; *Expires=[^;]*/i, "")] : [];
    });
    if (kept.length > 0) res.setHeader("Set-Cookie", kept);
    else if (lines.length > 0) res.removeHeader("Set-Cookie");
    return writeHead.apply(res, input);
  };
  res.writeHead = filter;
}

/** A session that took the place of an ended one has none, and needs no cookie. */
function hasContent(req: Request): boolean {
  return Object.keys(req.session).some((member) => member !== "cookie");
}

/** The decoded value of this cookie, or null for another one. */
function cookieValueIn(name: string, line: string): string | null {
  const [pair = ""] = line.split(";");
  return pair.startsWith(`${name}=`) ? decodeURIComponent(pair.slice(name.length + 1)) : null;
}
