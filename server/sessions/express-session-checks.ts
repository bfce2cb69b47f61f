/** Refuses options and requests that `createExpressSessionPort` cannot work with, and says what to write instead. */
import type { Request } from "express";
import { AppError } from "../http/errors.ts";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { isMethodName, methodNames } from "../passkeys/ports/checked-ports.ts";

export function requireSession(req: Request): void {
  const session: unknown = req.session;
  if (session === undefined || session === null) throw fault(noSession);
  if (req.sessionStore === undefined) throw fault(noStore);
}

/** express-session leaves a Secure cookie out of an answer to plain http, and the next request has no session. */
export function requireSettable(req: Request): void {
  const forwarded = req.get("x-forwarded-proto")?.split(",")[0]?.trim();
  if (req.session.cookie.secure === true && !req.secure && forwarded !== "https") throw fault(plainRequest);
}

/** @throws TypeError that names the option */
export function checkOptions(options: Checked): void {
  refuseUnknown("createExpressSessionPort", options, known);
  const { read: reads, write, keepAtSignIn = [], absoluteSeconds, hostMethod } = options;
  if (typeof reads !== "function" || typeof write !== "function")
    throw new TypeError(
      "createExpressSessionPort: pass { read, write }: where your own sign-in keeps the user's id in `req.session`.",
    );
  if (!Array.isArray(keepAtSignIn) || keepAtSignIn.some((name) => typeof name !== "string"))
    throw new TypeError('createExpressSessionPort: `keepAtSignIn` must be a list such as ["basket"].');
  if (absoluteSeconds !== undefined && !(Number.isInteger(absoluteSeconds) && absoluteSeconds > 0))
    throw new TypeError("createExpressSessionPort: `absoluteSeconds` must be a whole number above 0.");
  if (hostMethod !== undefined && !isMethodName(hostMethod))
    throw new TypeError(`createExpressSessionPort: \`hostMethod\` must be one of the ${methodNames}.`);
}

const known: Names<Required<Checked>> = {
  read: true,
  write: true,
  keepAtSignIn: true,
  absoluteSeconds: true,
  hostMethod: true,
  cookieName: true,
  now: true,
};

interface Checked {
  readonly read: unknown;
  readonly write: unknown;
  readonly cookieName?: string;
  readonly now?: unknown;
  readonly keepAtSignIn?: unknown;
  readonly absoluteSeconds?: number;
  readonly hostMethod?: string;
}

export function fault(detail: string): AppError {
  return new AppError("internal_error", { detail: `createExpressSessionPort: ${detail}.` });
}

const noSession =
  "this request has no session. Mount your express-session middleware before the passkeys router";
const noStore =
  "`req.session` is not of express-session: it has no store. For a session that its cookie holds whole, as of cookie-session or iron-session, pass createJwtSessions({ readToken, verify, issue, end, store }) as in JWT.md";
const plainRequest =
  'the Secure session cookie cannot be set, because Express takes this request for plain http. Behind a proxy that ends TLS, write app.set("trust proxy", 1), with the number of proxies';
