/** Serves the built SPA. */
import { existsSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import compression from "compression";
import express, { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { notFound } from "../http/error-handler.ts";
import { AppError } from "../http/errors.ts";

/** These have the sign-in form in the page; at other paths it would flash before the view. */
const signInPaths: readonly string[] = ["/", "/sign-in"];

/**
 * Serves the built SPA: hashed assets for a year, `index.html` for every path of the client's own router.
 * @param folder the client's output folder of `npm run build`
 */
export function builtPages(folder: string): RequestHandler {
  const router = Router();
  const assets = join(folder, "assets");
  const otherPage = existsSync(join(folder, "other.html")) ? "other.html" : "index.html";
  // A byte range of the file is not a byte range of its compressed form.
  const whole = { acceptRanges: false };
  // Files only: API answers contain secrets beside input of the caller, which their compressed length would leak (BREACH).
  router.use(compression());
  // compression does not set this on a 304.
  router.use((_req, res, next) => {
    res.vary("Accept-Encoding");
    next();
  });
  router.use(refuseSourceMaps);
  router.use(
    "/assets",
    preferCompressed(assets),
    express.static(assets, { ...whole, immutable: true, maxAge: "1y", index: false }),
    notFound,
  );
  router.use(express.static(folder, { ...whole, index: false, maxAge: 0 }));
  router.use((req, res, next) => {
    if (!["GET", "HEAD"].includes(req.method) || req.accepts("html") === false) return next();
    const page = signInPaths.includes(req.path) ? "index.html" : otherPage;
    return res.set("Cache-Control", "no-cache").sendFile(page, { ...whole, root: folder });
  });
  router.use(convertFileError);
  return router;
}

/** They hold the sources. The build makes them for error reports, which are read elsewhere. */
const refuseSourceMaps: RequestHandler = (req, _res, next) => {
  // Throws URIError for a path that cannot be decoded, as express.static does.
  next(/\.map$/i.test(decodeURIComponent(req.path)) ? new AppError("not_found") : undefined);
};
const suffixes = { br: ".br", gzip: ".gz" } as const;

/** Leads to the file that the build has compressed: smaller than what a request has time for, and without its CPU. */
function preferCompressed(assets: string): RequestHandler {
  const files = new Set(existsSync(assets) ? readdirSync(assets) : []);
  return (req, res, next) => {
    const encoding = (["br", "gzip"] as const).find(
      (one) => files.has(req.path.slice(1) + suffixes[one]) && req.acceptsEncodings(one) === one,
    );
    if (encoding !== undefined) {
      res.type(extname(req.path)).set("Content-Encoding", encoding);
      req.url = req.path + suffixes[encoding];
    }
    next();
  };
}

/** Converts a 4xx of express.static, such as a failed precondition, to a problem. */
const convertFileError: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  const status = error instanceof Error && "status" in error ? Number(error.status) : 500;
  next(status < 500 ? new AppError("not_found") : error);
};
