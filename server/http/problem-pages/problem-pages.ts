/** Serves a page for each problem code, where the `type` of a problem leads: `/problems/<code>`. */
import type { RequestHandler } from "express";
import { type ProblemCode, problemCodes } from "../../../shared/problem.ts";
import { problemTable } from "../errors.ts";
import { problemGuide } from "./problem-guide.ts";

/**
 * Mount it at the root of the app, because `type` begins there: `app.use(createProblemPages())`. Every other request goes on
 * to what follows.
 */
export function createProblemPages(): RequestHandler {
  return (req, res, next) => {
    const code = problemCodes.find((one) => req.path === `/problems/${one}`);
    if (code === undefined || (req.method !== "GET" && req.method !== "HEAD")) return next();
    return void res.type("text/plain").set("Cache-Control", "public, max-age=3600").send(pageOf(code));
  };
}

function pageOf(code: ProblemCode): string {
  const { status, title } = problemTable[code];
  const { cause, remedy } = problemGuide[code];
  return `${code} (${status})\n\n${title}\n\nCause: ${cause}\n\nWhat to do: ${remedy}\n`;
}
