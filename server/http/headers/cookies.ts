/** Reads the cookies of a request. */
import { parseCookie } from "cookie";
import type { Request } from "express";

/** @returns the decoded value of every cookie of this name: a browser sends several when their paths differ */
export function readCookies(req: Request, name: string): readonly string[] {
  const pairs = (req.headers.cookie ?? "").split(";");
  return pairs.map((pair) => parseCookie(pair)[name]).filter((value) => value !== undefined);
}
