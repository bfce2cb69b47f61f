/** Converts body-parser's errors to AppError: such an error is a fault of the sender. */
import type { ErrorRequestHandler } from "express";
import { AppError } from "./errors.ts";

/** @returns null for an error that does not say that it is body-parser's */
export function toBodyError(error: unknown): AppError | null {
  if (!(error instanceof Error)) return null;
  switch ("type" in error ? error.type : undefined) {
    case "entity.too.large":
    case "parameters.too.many":
      return new AppError("payload_too_large");
    case "charset.unsupported":
    case "encoding.unsupported":
      return new AppError("unsupported_media_type");
    case "entity.parse.failed":
    case "request.aborted":
    case "request.size.invalid":
      return new AppError("malformed_json");
    default:
      return null;
  }
}

/** Mount it behind each parser: there every other 400 is one of the body too, such as bytes that are not gzip. */
export const convertBodyError: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  const isBad = error instanceof Error && "status" in error && error.status === 400;
  next(toBodyError(error) ?? (isBad ? new AppError("malformed_json") : error));
};
