/** Reports how a request ended, by route, for its log line and its metrics; also after the client disconnected. */
import type { Request, Response } from "express";
import { routes } from "../../shared/routes.ts";

export interface RequestEnd {
  readonly method: string;
  /**
   * The pattern, because a path may contain an id: `/api/passkeys/:id`. Where the router is mounted is in lower case: Express
   * takes every case of it, and each would be a label of its own, which a client could make as many of as it likes. Null for
   * an unmatched path.
   */
  readonly route: string | null;
  /** Null when the connection closed before the whole answer was written. */
  readonly status: number | null;
  /** Of the problem that was answered: `rate_limited`. Null for another answer. */
  readonly code: string | null;
  readonly seconds: number;
}

/** @param apiPath where the passkeys router is mounted, such as `/api` */
export function onRequestEnd(
  req: Request,
  res: Response,
  apiPath: string,
  listener: (end: RequestEnd) => void,
): void {
  const startedAt = process.hrtime.bigint();
  const matched = watchRoute(req);
  // "finish" is not emitted for an answer that the client did not wait for.
  res.once("close", () =>
    listener({
      method: req.method,
      route: matched() ?? apiRoute(req.originalUrl, apiPath),
      status: res.writableFinished ? res.statusCode : null,
      code: typeof res.locals.problemCode === "string" ? res.locals.problemCode : null,
      seconds: Number(process.hrtime.bigint() - startedAt) / 1e9,
    }),
  );
}

const watched = new WeakMap<Request, () => string | null>();

/**
 * Express sets `req.route` at a match, and `req.baseUrl` back to the app's when a router is left with an error. The path
 * of the mount is known at the match alone.
 */
function watchRoute(req: Request): () => string | null {
  const known = watched.get(req);
  if (known !== undefined) return known;
  let route: unknown;
  let name: string | null = null;
  Object.defineProperty(req, "route", {
    configurable: true,
    enumerable: true,
    get: () => route,
    set: (matched: { readonly path?: unknown } | undefined) => {
      route = matched;
      name = matched === undefined ? null : `${req.baseUrl.toLowerCase()}${String(matched.path)}`;
    },
  });
  const nameOf = (): string | null => name;
  watched.set(req, nameOf);
  return nameOf;
}

/** The route of a request that failed before the router matched it, in the session middleware for example. */
function apiRoute(url: string, apiPath: string): string | null {
  const [path = ""] = url.split("?");
  const { path: known } =
    Object.values(routes).find(({ path: pattern }) => isLike(path, apiPath + pattern)) ?? {};
  return known === undefined ? null : apiPath.toLowerCase() + known;
}

function isLike(path: string, pattern: string): boolean {
  const parts = path.replace(/\/$/, "").split("/");
  const wanted = pattern.split("/");
  return (
    parts.length === wanted.length &&
    wanted.every((part, at) => (part.startsWith(":") ? parts[at] !== "" : part === parts[at]))
  );
}
