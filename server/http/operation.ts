/** Mounts an operation of the contract: path, media type, body, answer. */
import type { Request, RequestHandler, Response, Router } from "express";
import type { z } from "zod";
import type { Problem } from "../../shared/problem.ts";
import { type OperationName, routes } from "../../shared/routes.ts";
import { AppError } from "./errors.ts";
import { answerInTime } from "./request-deadline.ts";
import { inRequestSpan } from "./tracing.ts";

export interface Call<Body> {
  readonly req: Request;
  readonly res: Response;
  readonly body: Body;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** The handler receives only a body that its schema has parsed. */
export interface Operation<Schema extends z.ZodType = z.ZodType<unknown>> {
  readonly body?: Schema;
  readonly handle: (call: Call<z.output<Schema>>) => Promise<Answer>;
}

/** Lets TypeScript infer the body's type from its schema. */
export function operation<Schema extends z.ZodType>(definition: {
  readonly body: Schema;
  readonly handle: (call: Call<z.output<Schema>>) => Promise<Answer>;
}): Operation {
  return {
    body: definition.body,
    // Express's body is `unknown`; parse() makes it the schema's output.
    handle: async (call) => definition.handle({ ...call, body: parse(definition.body, call.body) }),
  };
}

/**
 * Sends what the contract says. `res.json` may be a host's own, such as one that wraps every body in `{ data }`, and Express's
 * obeys the host's settings, such as `json replacer`.
 */
export function sendJson(res: Response, body: unknown): void {
  res.type("application/json").send(JSON.stringify(body));
}

export function mountOperation(router: Router, name: OperationName, { body, handle }: Operation): void {
  const { method, path } = routes[name];
  const verb = method.toLowerCase() as Lowercase<typeof method>;
  const span = {
    name: `passkeys ${name}`,
    attributes: { "http.request.method": method, "http.route": path },
  };
  const answerTo = async (req: Request, res: Response): Promise<void> => {
    if (body !== undefined && !req.is("application/json")) throw new AppError("unsupported_media_type");
    if (body !== undefined) refuseForeignBody(req.body);
    const answer = await inRequestSpan(span, req.headers, () =>
      answerInTime(handle({ req, res, body: req.body })),
    );
    res.status(answer.status);
    if (answer.body === undefined) res.end();
    else sendJson(res, answer.body);
  };
  // Express 4 ignores a rejected promise, so the rejection is passed to next() here.
  const run: RequestHandler = (req, res, next) => {
    answerTo(req, res).catch(next);
  };
  router[verb](path, run);
}

/** A text or raw parser of the host in front would make every body look malformed: say so to the host. */
function refuseForeignBody(body: unknown): void {
  if (typeof body !== "string" && !Buffer.isBuffer(body)) return;
  throw new Error(
    "The body was read as text or bytes before it came to the passkeys router: mount the router before express.text() and express.raw(), or give those a `type` without application/json.",
  );
}

/** zod's record schema drops `__proto__` silently: the confirmed operation would differ from the one that was sent. */
function pointerToPrototype(value: unknown, pointer = ""): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (Object.hasOwn(value, "__proto__")) return `${pointer}/__proto__`;
  for (const [key, member] of Object.entries(value)) {
    const found = pointerToPrototype(member, `${pointer}/${escapePointer(key)}`);
    if (found !== null) return found;
  }
  return null;
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  const pointer = parsed.success ? pointerToPrototype(body) : null;
  if (pointer !== null) {
    const issues = [{ pointer, message: "No member may have this name." }];
    throw new AppError("validation_failed", { extras: { issues } });
  }
  if (parsed.success) return parsed.data;
  throw new AppError("validation_failed", { extras: { issues: parsed.error.issues.map(toIssue) } });
}

function toIssue(issue: z.core.$ZodIssue): NonNullable<Problem["issues"]>[number] {
  // Messages name keys, never values, so that no input reaches logs or answers.
  const pointer = issue.path.map((key) => `/${escapePointer(String(key))}`).join("");
  return { pointer, message: issue.message };
}

function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
