/** Reads a JSON body, within limits of size and nesting. */
import type { IncomingMessage } from "node:http";
import { type Input, isJsonObject } from "../wire/input.ts";
import { invalidRequest, WireError } from "../wire/wire-error.ts";

export interface BodyLimits {
  readonly largest: number;
  /** Levels of nesting. */
  readonly deepest: number;
}

const apiBodyLimits: BodyLimits = { largest: 256 * 1024, deepest: 32 };
/** An exported state is larger than an API request and nests its values deeper. */
export const stateBodyLimits: BodyLimits = { largest: 64 * 1024 * 1024, deepest: 48 };

/** Ignores the content type, and reads an empty body as `{}`, like the real API (protocol 0.6). */
export async function readJsonBody(
  request: IncomingMessage,
  { largest, deepest }: BodyLimits = apiBodyLimits,
): Promise<Input> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity")
    throw invalidRequest(`The body is encoded (${encoding.slice(0, 32)}). Send it without Content-Encoding.`);
  // Some programs begin a text with a byte order mark.
  const text = (await readText(request, largest)).replace(/^\uFEFF/, "");
  if (text.trim() === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidRequest("The body is not valid JSON.", whyNoJson(request));
    throw error;
  }
  if (!isJsonObject(parsed)) throw invalidRequest("The body must be a JSON object.");
  if (isDeeperThan(parsed, deepest)) throw invalidRequest("The body is nested too deeply.");
  return parsed;
}

/** For the journal: a form is what callers send most often in its place. */
function whyNoJson({ headers }: IncomingMessage): string | undefined {
  const type = headers["content-type"] ?? "";
  return /^(application\/x-www-form-urlencoded|multipart\/)/.test(type)
    ? `the body is a form (${type.slice(0, 64)}), not JSON`
    : undefined;
}

async function readText(request: IncomingMessage, largest: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > largest) throw new WireError("request_too_large", "The body is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Iterative: JSON.parse accepts nesting that would overflow the stack of a recursive walk. */
function isDeeperThan(root: object, limit: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === "object" && value !== null) {
        // A loop, not push(...values): a list of a million members would overflow the argument stack.
        for (const member of Object.values(value)) next.push(member);
      }
    }
    level = next.filter((value) => typeof value === "object" && value !== null);
  }
  return false;
}
