/** What a description of an operation holds (operations.ts), and the problems that several operations have. */
import type { z } from "zod";
import type { ProblemCode } from "./problem.ts";

export interface OperationDescription {
  readonly summary: string;
  readonly request?: z.ZodType;
  readonly status: 200 | 202 | 204;
  /** The body on success; none with 204. */
  readonly answer?: z.ZodType;
  /** The problems of this operation, besides those that any request can meet (`commonProblems`). */
  readonly problems: readonly ProblemCode[];
}

/** Any request can be answered with these. */
export const commonProblems = [
  "cross_site_request",
  "malformed_json",
  "payload_too_large",
  "unsupported_media_type",
  "internal_error",
] as const satisfies readonly ProblemCode[];

/** A request that brings a result token can be answered with these. */
export const tokenProblems = [
  "challenge_failed",
  "challenge_expired",
  "token_mismatch",
  "token_already_used",
] as const satisfies readonly ProblemCode[];
