/** Converts body-parser's errors to AppError. Mount it behind each parser: such an error is a fault of the sender. */
import type { ErrorRequestHandler } from "express";
import { AppError } from "./errors.ts";

export const convertBodyError: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  if (!(error instanceof Error)) return next(error);
  switch ("type" in error ? error.type : undefined) {
    case "entity.too.large":
    case "parameters.too.many":
      return next(new AppError("payload_too_large"));
    case "charset.unsupported":
    case "encoding.unsupported":
      return next(new AppError("unsupported_media_type"));
    default:
      // Every other 400: not JSON, not gzip, shorter than Content-Length.
      return next("status" in error && error.status === 400 ? new AppError("malformed_json") : error);
  }
};
