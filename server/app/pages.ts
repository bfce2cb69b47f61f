/** Serves the built SPA. */
import { join } from "node:path";
import compression from "compression";
import express, { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { notFound } from "../http/error-handler.ts";
import { AppError } from "../http/errors.ts";

/**
 * Serves the built SPA: hashed assets for a year, `index.html` for every path of the client's own router.
 * @param folder the client's output folder of `npm run build`
 */
export function builtPages(folder: string): RequestHandler {
  const router = Router();
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
    express.static(join(folder, "assets"), { ...whole, immutable: true, maxAge: "1y", index: false }),
    notFound,
  );
  router.use(express.static(folder, { ...whole, index: false, maxAge: 0 }));
  router.use((req, res, next) => {
    if (!["GET", "HEAD"].includes(req.method) || req.accepts("html") === false) return next();
    return res.set("Cache-Control", "no-cache").sendFile("index.html", { ...whole, root: folder });
  });
  router.use(convertFileError);
  return router;
}

/** They hold the sources. The build makes them for error reports, which are read elsewhere. */
const refuseSourceMaps: RequestHandler = (req, _res, next) => {
  // Throws URIError for a path that cannot be decoded, as express.static does.
  next(/\.map$/i.test(decodeURIComponent(req.path)) ? new AppError("not_found") : undefined);
};

/** Converts a 4xx of express.static, such as a failed precondition, to a problem. */
const convertFileError: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  const status = error instanceof Error && "status" in error ? Number(error.status) : 500;
  next(status < 500 ? new AppError("not_found") : error);
};
