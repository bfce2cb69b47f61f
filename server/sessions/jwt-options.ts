/** The options of `createJwtSessions`, and the refusal of those that cannot work, with what to write instead. */
import type { Request, Response } from "express";
import type { Store } from "express-session";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import type { IndexOptions } from "./indexed-sessions.ts";
import type { JwtClaims } from "./jwt-claims.ts";

export interface Exchange {
  readonly req: Request;
  readonly res: Response;
}

/**
 * With `index` people and the host see sessions and end them; what is ended is refused wherever `sessions.current` is asked,
 * and by `refresh`. The host's `end` is not called then: no request of that session is there. A session from before `index`
 * was passed has ended.
 */
export interface JwtSessionOptions<Tokens extends object> extends IndexOptions {
  /**
   * Returns the payload of a valid access token, also as a promise; null for any other, or throws as `jsonwebtoken` and
   * `jose` do. Another error is a 500, or a 503 for a lost connection. Changes nothing: it is also asked about new tokens.
   */
  readonly verify: (token: string, req: Request) => unknown;
  /**
   * Makes the tokens of a session, with all of `claims` in each, and stores what the host stores of a session. Resolves with
   * what your own sign-in answers, such as `{ accessToken, refreshToken }`: the router answers it as `tokens`. Also called
   * for a session that exists (`session_rev` above 0, and by `refresh`): then update your record of it, and never add one.
   */
  readonly issue: (claims: JwtClaims, exchange: Exchange) => Tokens | Promise<Tokens>;
  /**
   * Ends the session at the host, such as its row and its refresh tokens, and clears its cookies. From then on `verify`
   * returns null for its tokens, unless there is `store`.
   */
  readonly end?: (claims: JwtClaims, exchange: Exchange) => unknown;
  /**
   * `storage.sessionStore`. Remembers which sessions have ended and which tokens a step-up has replaced, one read each for
   * every call of `current`, and where e-mail codes wait. Leave it out if `verify` looks the session up at the host.
   */
  readonly store?: Store;
  /** Where the access token is. Default: `Authorization: Bearer …`. */
  readonly readToken?: (req: Request) => string | null | undefined;
  /**
   * See the port. Pass true where `issue` sets a cookie, also of a refresh token alone. Default: false, and true with
   * `readToken`, which may read a cookie.
   */
  readonly isAmbient?: boolean;
  /** The header, of answers and requests, that names a visitor's e-mail code. Default `Code-Token`. Needs `store`. */
  readonly codeHeader?: string;
  /**
   * Seconds after the sign-in at which a session ends, even in use. Default 12 hours. Set it to the life of your refresh
   * tokens; `exp` of every token stays yours.
   */
  readonly absoluteSeconds?: number;
  /** Default: the system clock. */
  readonly now?: () => Date;
}

/** @throws TypeError that names the option */
export function checkJwtOptions(options: object): void {
  refuseUnknown("createJwtSessions", options, known);
  const {
    verify,
    issue,
    end,
    store,
    readToken,
    isAmbient,
    codeHeader,
    absoluteSeconds,
    now,
    index,
    placeOf,
  }: Given = options;
  for (const [name, value] of Object.entries({ verify, issue })) {
    if (typeof value !== "function") throw fault(name, "a function");
  }
  for (const [name, value] of Object.entries({ end, readToken, now, placeOf })) {
    if (value !== undefined && typeof value !== "function") throw fault(name, "a function, or left out");
  }
  if (store === undefined && end === undefined)
    throw new TypeError(
      "createJwtSessions: pass `end`, which ends a session that `verify` looks up, or `store: storage.sessionStore`. Without both, signing out would end nothing.",
    );
  if (store !== undefined && !isStore(store)) throw fault("store", "`storage.sessionStore`, or left out");
  if (index !== undefined && !hasMethods(index, ["add", "see", "list", "remove", "removeAll"]))
    throw fault("index", "`storage.sessionIndex`, or left out");
  if (placeOf !== undefined && index === undefined)
    throw new TypeError("createJwtSessions: `placeOf` has no effect without `index`: leave it out.");
  if (isAmbient !== undefined && typeof isAmbient !== "boolean") throw fault("isAmbient", "true or false");
  if (codeHeader !== undefined && !(typeof codeHeader === "string" && /^[\w-]+$/.test(codeHeader)))
    throw fault("codeHeader", "the name of a header, such as Code-Token");
  if (codeHeader !== undefined && store === undefined)
    throw new TypeError("createJwtSessions: `codeHeader` has no effect without `store`: leave it out.");
  if (absoluteSeconds !== undefined && !(Number.isInteger(absoluteSeconds) && Number(absoluteSeconds) > 0))
    throw fault("absoluteSeconds", "a whole number above 0");
}

interface Given {
  readonly verify?: unknown;
  readonly issue?: unknown;
  readonly end?: unknown;
  readonly store?: unknown;
  readonly readToken?: unknown;
  readonly isAmbient?: unknown;
  readonly codeHeader?: unknown;
  readonly absoluteSeconds?: unknown;
  readonly now?: unknown;
  readonly index?: unknown;
  readonly placeOf?: unknown;
}

const known: Names<Required<Given>> = {
  verify: true,
  issue: true,
  end: true,
  store: true,
  readToken: true,
  isAmbient: true,
  codeHeader: true,
  absoluteSeconds: true,
  now: true,
  index: true,
  placeOf: true,
};

function isStore(value: unknown): boolean {
  return hasMethods(value, ["get", "set", "destroy"]);
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === "function");
}

function fault(option: string, what: string): TypeError {
  return new TypeError(`createJwtSessions: \`${option}\` must be ${what}.`);
}
