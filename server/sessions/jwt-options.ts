/** Refuses options of `createJwtSessions` that cannot work, with what to write instead. */

import { type Names, refuseUnknown } from "../http/options/known-options.ts";

/** @throws TypeError that names the option */
export function checkJwtOptions(options: object): void {
  refuseUnknown("createJwtSessions", options, known);
  const { verify, issue, end, store, readToken, isAmbient, codeHeader, absoluteSeconds, now }: Given =
    options;
  for (const [name, value] of Object.entries({ verify, issue })) {
    if (typeof value !== "function") throw fault(name, "a function");
  }
  for (const [name, value] of Object.entries({ end, readToken, now })) {
    if (value !== undefined && typeof value !== "function") throw fault(name, "a function, or left out");
  }
  if (store === undefined && end === undefined)
    throw new TypeError(
      "createJwtSessions: pass `end`, which ends a session that `verify` looks up, or `store: storage.sessionStore`. Without both, signing out would end nothing.",
    );
  if (store !== undefined && !isStore(store)) throw fault("store", "`storage.sessionStore`, or left out");
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
};

function isStore(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return ["get", "set", "destroy"].every((method) => typeof Reflect.get(value, method) === "function");
}

function fault(option: string, what: string): TypeError {
  return new TypeError(`createJwtSessions: \`${option}\` must be ${what}.`);
}
