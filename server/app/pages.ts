/** The pages: the SPA as `npm run build` has made it. */
import { join } from "node:path";
import compression from "compression";
import express, { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { notFound } from "../http/error-handler.ts";
import { AppError } from "../http/errors.ts";

/**
 * Serves the built SPA: hashed assets for a year, `index.html` for every path of the client's own router.
 * @param folder where `npm run build` has put it
 */
export function builtPages(folder: string): RequestHandler {
  const router = Router();
  // A range of a file that travels compressed is a range of something else.
  const whole = { acceptRanges: false };
  // Files only: an answer of the API carries secrets beside what the asker chose, and its length would tell (BREACH).
  router.use(compression());
  // On a 304 too, which compression leaves alone.
  router.use((_req, res, next) => {
    res.vary("Accept-Encoding");
    next();
  });
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

/** A file that cannot be given as it was asked for: a precondition that fails. */
const convertFileError: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  const status = error instanceof Error && "status" in error ? Number(error.status) : 500;
  next(status < 500 ? new AppError("not_found") : error);
};
