/** Makes requests that no client of ours would send, the same ones for the same seed. */
import { METHODS } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { actions } from "../../../shared/actions.ts";
import { type OperationName, routes } from "../../../shared/routes.ts";

export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface FuzzWorld {
  /** The app's origin. */
  readonly origin: string;
  /** Cookies of people who are signed in. */
  readonly cookies: readonly string[];
  /** Genuine result tokens, used or not. */
  readonly tokens: readonly string[];
  /** Genuine tokens of links in notices. */
  readonly links: readonly string[];
  /** Genuine passkey ids. */
  readonly passkeyIds: readonly string[];
}

export interface Random {
  /** From 0 to 1. */
  next(): number;
  /** From 0 to below `limit`. */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** mulberry32: small, fast, and the same everywhere. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick(from) {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new Error("There is nothing to pick from.");
      return picked;
    },
  };
}

const names = Object.keys(routes) as OperationName[];
/** Answered with a body whatever it is asked with; a tunnel is not a request. */
const methods = METHODS.filter((method) => method !== "CONNECT");

const nasty = [
  "",
  " ",
  "\u0000",
  "\r\nSet-Cookie: a=b",
  "null",
  "undefined",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "..%2f..%2f",
  "%",
  "%00",
  "%c0%ae",
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  "<script>alert(1)</script>",
  "$" + "{7*7}",
  "\ud800",
  "\u202e",
  "💥".repeat(20),
  "x".repeat(300),
  "x".repeat(9000),
  "1e999",
  "-0",
  "NaN",
  "a@b.co",
  "s%3Aabc.def",
];

export function makeRequest(random: Random, world: FuzzWorld): FuzzRequest {
  const name = random.pick(names);
  const route = routes[name];
  const body = random.chance(0.85) ? makeBody(random, name, world) : null;
  const headers: Record<string, string> = {
    "X-Forwarded-For": `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
    ...(body !== null && { "Content-Type": "application/json" }),
    ...(random.chance(0.9) && { Origin: world.origin }),
    // Signing out for real would leave nobody to go on with.
    ...(name !== "deleteSession" &&
      name !== "deleteAccount" &&
      random.chance(0.4) && { Cookie: random.pick(world.cookies) }),
    ...(random.chance(0.25) && oddHeader(random)),
  };
  const encoded = body !== null && random.chance(0.04) ? encode(random, body, headers) : body;
  return {
    method: random.chance(0.85) ? route.method : random.pick(methods),
    path: makePath(random, route.path, world),
    headers,
    body: encoded,
  };
}

function makePath(random: Random, path: string, world: FuzzWorld): string {
  const id = random.chance(0.3) ? random.pick(world.passkeyIds) : text(random);
  const real = `/api${path.replace(":id", random.chance(0.5) ? encodeURIComponent(safe(id)) : raw(id))}`;
  if (random.chance(0.85)) return real;
  return random.pick([
    () => `${real}/`,
    () => `${real}/${raw(text(random))}`,
    () => `${real}?${raw(text(random))}=${raw(text(random))}`,
    () => real.toUpperCase(),
    () => real.replace("/api", "/api/"),
    () => `/${raw(text(random))}`,
    () => `/api/${raw(text(random))}`,
    () => `//${raw(text(random))}${real}`,
    () => "/readyz",
  ])();
}

/** As it is, but for what cannot stand in a request line. */
function raw(value: string): string {
  return [...value]
    .map((character) => (/[!-~]/.test(character) ? character : encodeURIComponent(safe(character))))
    .join("");
}

/** Without halves of surrogate pairs, which cannot be percent-encoded. */
function safe(value: string): string {
  return Buffer.from(value).toString();
}

function oddHeader(random: Random): Record<string, string> {
  return random.pick<() => Record<string, string>>([
    () => ({
      "Content-Type": random.pick([
        "text/plain",
        "application/json; charset=utf-7",
        "application/xml",
        "x",
        "",
      ]),
    }),
    () => ({ Origin: random.pick(["null", "https://evil.example", "http://localhost", ""]) }),
    () => ({ "Sec-Fetch-Site": random.pick(["same-origin", "cross-site", "none", "x"]) }),
    () => ({
      Cookie: random.pick([
        "passkeys_session=",
        "passkeys_session=s%3Ax.y",
        "passkeys_session=j%3A{}",
        "=;=",
        "passkeys_browser=%",
        "x".repeat(4000),
      ]),
    }),
    () => ({
      "X-Forwarded-For": random.pick(["", ",", "x", "::1", "10.0.0.1, ::ffff:1.2.3.4", "9".repeat(2000)]),
    }),
    () => ({ "X-Forwarded-Proto": random.pick(["https", "http, https", "", "x"]) }),
    () => ({ "X-Forwarded-Host": "evil.example", Host: random.pick(["evil.example", "", "a b", "[::1"]) }),
    () => ({ Accept: random.pick(["", "x", "text/html;q=x", "*/*;q=0"]) }),
    () => ({ Range: random.pick(["bytes=0-", "bytes=9999999-", "x"]), "If-Match": '"x"' }),
    () => ({ "If-None-Match": random.pick(["*", "W/", '"x"']), "If-Modified-Since": "x" }),
    () => ({ "X-HTTP-Method-Override": "DELETE", "X-Request-Id": "evil" }),
    () => ({ Authorization: random.pick(["Basic Og==", "Bearer x", "x"]) }),
    () => ({ [`X-${random.below(1000)}`]: "y".repeat(random.below(5000)) }),
  ])();
}

function encode(random: Random, body: Buffer, headers: Record<string, string>): Buffer {
  const encoding = random.pick(["gzip", "br", "deflate", "zstd", "identity", "x", "gzip, br"]);
  headers["Content-Encoding"] = encoding;
  if (random.chance(0.3)) return body;
  return encoding === "br" ? brotliCompressSync(body) : gzipSync(body);
}

function makeBody(random: Random, name: OperationName, world: FuzzWorld): Buffer {
  const kind = random.next();
  const good = goodBody(random, name, world);
  if (kind < 0.25) return json(good);
  if (kind < 0.6) return json(mutate(random, good));
  if (kind < 0.75) return json(value(random, 0));
  if (kind < 0.85) return json(good).subarray(0, random.below(40));
  if (kind < 0.9) return Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)));
  if (kind < 0.93) return Buffer.from("[".repeat(random.below(12_000)));
  if (kind < 0.94) return json({ [text(random)]: "y".repeat(20_000) });
  return Buffer.from(`{"__proto__":${JSON.stringify(good)},"constructor":{"prototype":{"polluted":true}}}`);
}

function goodBody(random: Random, name: OperationName, world: FuzzWorld): Record<string, unknown> {
  switch (name) {
    case "challengeOtp":
      // Few addresses, so that few codes go out and the limits are met.
      return { email: `fuzz-${random.below(40)}@example.com` };
    case "beginEmailChange":
      return { email: `fuzz-${random.below(40)}@example.com` };
    case "finishEmailChange":
    case "verifyOtp":
      return { code: String(random.below(1_000_000)).padStart(6, "0") };
    case "validate": {
      const token = random.pick(world.tokens);
      const cut = random.below(token.length);
      const bent = random.chance(0.5)
        ? token
        : `${token.slice(0, cut)}${random.pick(["A", "-", ".", "="])}${token.slice(cut + 1)}`;
      return { token: bent, action: random.pick([...Object.values(actions), "transfer-funds", "x"]) };
    }
    case "createStepUpToken":
      return {
        action: random.pick(Object.values(actions)),
        ...(random.chance(0.5) && { operation: { amount: random.below(9) } }),
      };
    case "renamePasskey":
      return { name: random.chance(0.5) ? "Phone" : text(random) };
    case "answerPasskeyOffer":
      return { answer: random.pick(["not-now", "never", "ask-again"]) };
    case "reportCeremony":
      return {
        flow: random.pick(["button", "autofill", "offer"]),
        outcome: random.pick(["shown", "failed"]),
        ...(random.chance(0.5) && { error: "cancelled", milliseconds: random.below(9000) }),
      };
    case "reportNotMe":
      // Not as it is: it would sign out everybody who takes part.
      return { token: `${random.pick(world.links)}x`, removePasskey: random.chance(0.5) };
    default:
      return {};
  }
}

function mutate(random: Random, good: Record<string, unknown>): unknown {
  const members = Object.entries(good).filter(() => random.chance(0.8));
  const bent = members.map(([name, kept]) => [name, random.chance(0.6) ? value(random, 1) : kept]);
  const extra = random.chance(0.4) ? [[text(random), value(random, 1)]] : [];
  return Object.fromEntries([...bent, ...extra]);
}

function value(random: Random, depth: number): unknown {
  const simple = [
    () => text(random),
    () => random.pick([0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, -0]),
    () => random.pick([true, false, null]),
  ];
  if (depth > 3 || random.chance(0.5)) return random.pick(simple)();
  const count = random.below(4);
  const children = Array.from({ length: count }, () => value(random, depth + 1));
  return random.chance(0.5) ? children : Object.fromEntries(children.map((child) => [text(random), child]));
}

function text(random: Random): string {
  if (random.chance(0.5)) return random.pick(nasty);
  return String.fromCodePoint(
    ...Array.from({ length: random.below(12) }, () => random.below(random.pick([128, 0x3000]))),
  );
}

function json(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body) ?? "");
}
