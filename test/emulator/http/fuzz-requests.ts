/**
 * Generates hostile requests from a fixed seed: every operation, with bodies, headers, tokens, CBOR and paths that are
 * malformed, oversized, nested, truncated or of the wrong type. The same seed makes the same requests.
 */

export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface FuzzMaterial {
  readonly operations: readonly { readonly method: string; readonly path: string; readonly caller: string }[];
  /** Strings that a caller really has: tokens, ids, secrets, credentials. */
  readonly known: readonly string[];
  readonly authorizations: readonly string[];
  /** The right one for an operation, by its kind of caller. */
  readonly authorizationFor: (caller: string) => string;
  /** Bodies that would succeed, to be bent. */
  readonly bodies: readonly object[];
}

/** Mulberry32: small, quick, and the same everywhere. */
export function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const fields = [
  "token",
  "userId",
  "action",
  "email",
  "phoneNumber",
  "username",
  "displayName",
  "challengeId",
  "verificationCode",
  "verificationMethod",
  "scope",
  "custom",
  "locale",
  "deviceId",
  "idempotencyKey",
  "registrationCredential",
  "attributes",
  "authenticationCredential",
  "authenticatorAttachment",
  "conditionalCreate",
  "clientId",
  "accessToken",
  "refreshToken",
  "clientIds",
  "authenticators",
  "otpUri",
  "isDefault",
  "state",
  "id",
  "rawId",
  "type",
  "response",
  "__proto__",
  "constructor",
] as const;

export function createFuzzer(seed: number, material: FuzzMaterial): () => FuzzRequest {
  const dice = createDice(seed);
  const below = (limit: number) => Math.floor(dice() * limit);
  const pick = <T>(list: readonly T[]): T => {
    const picked = list[below(list.length)];
    if (picked === undefined) throw new Error("Nothing to pick from.");
    return picked;
  };

  const scalars: readonly (() => unknown)[] = [
    () => null,
    () => true,
    () => below(2 ** 31) - 2 ** 30,
    () => 1e308,
    () => "",
    () => "\u0000\uffff\ud800",
    () => "../../..",
    () => "a".repeat(below(9_000)),
    () => "%00%ff",
    () => Buffer.from(Array.from({ length: below(90) }, () => below(256))).toString("base64url"),
    () => cbor(),
    () => pick(material.known),
    () => bent(pick(material.known)),
  ];

  /** CBOR-like bytes: headers that promise lengths, nest or stop. */
  function cbor(): string {
    const parts = Array.from({ length: 1 + below(12) }, () =>
      pick([
        () => Buffer.from([0xa0 + below(32)]),
        () => Buffer.from([0x80 + below(32)]),
        () => Buffer.from([0x40 + below(32), below(256)]),
        () => Buffer.from([0xbb, 0xff, 0xff, 0xff, 0xff, below(256), 0, 0, 0]),
        () => Buffer.from("68617574684461746158", "hex"),
        () => Buffer.alloc(below(200), below(256)),
      ])(),
    );
    return Buffer.concat(parts).toString("base64url");
  }

  function bent(text: string): string {
    const at = below(text.length + 1);
    return pick([
      () => text.slice(0, at),
      () => `${text.slice(0, at)}${String.fromCharCode(33 + below(90))}${text.slice(at + 1)}`,
      () => text + text,
      () => text.toUpperCase(),
    ])();
  }

  function value(depth: number): unknown {
    const chance = dice();
    if (depth < 4 && chance < 0.12) return Array.from({ length: below(4) }, () => value(depth + 1));
    if (depth < 4 && chance < 0.3) return record(depth + 1);
    return pick(scalars)();
  }

  function record(depth: number): Record<string, unknown> {
    return Object.fromEntries(Array.from({ length: below(6) }, () => [pick(fields), value(depth)]));
  }

  /** A good body with a few members replaced, added or removed, at any depth. */
  function mutated(source: unknown): unknown {
    if (Array.isArray(source)) return source.map((item) => (dice() < 0.3 ? value(1) : mutated(item)));
    if (typeof source === "object" && source !== null) {
      const entries = Object.entries(source).filter(() => dice() > 0.05);
      const changed = entries.map(([key, item]) => [key, dice() < 0.15 ? value(1) : mutated(item)] as const);
      return Object.fromEntries(dice() < 0.2 ? [...changed, [pick(fields), value(1)]] : changed);
    }
    return typeof source === "string" && dice() < 0.1 ? bent(source) : source;
  }

  function body(): string {
    const chance = dice();
    if (chance < 0.05) return "";
    if (chance < 0.1) return "[".repeat(below(3_000));
    if (chance < 0.15) return `${'{"a":'.repeat(below(200))}1`;
    if (chance < 0.2) return String(pick(scalars)());
    const text = JSON.stringify(chance < 0.5 ? record(0) : mutated(pick(material.bodies)));
    if (chance > 0.97) return text.slice(0, below(text.length));
    return chance > 0.965 ? JSON.stringify({ email: "a".repeat(300_000) }) : text;
  }

  function authorization(caller: string): string {
    const chance = dice();
    if (chance < 0.8) return material.authorizationFor(caller);
    return chance < 0.95 ? pick(material.authorizations) : `Bearer ${segment()}`;
  }

  function segment(): string {
    return pick([
      () => encodeURIComponent(pick(material.known)),
      () => "..",
      () => "%2e%2e%2f",
      () => "%zz",
      () => "",
      () => "a".repeat(below(400)),
      () => encodeURIComponent(bent(pick(material.known)).replaceAll(/[\ud800-\udfff]/g, "")),
      () => "__proto__",
    ])();
  }

  return () => {
    const operation = pick(material.operations);
    const path =
      operation.path.replaceAll(/\{\w+\}/g, segment) +
      (dice() < 0.1 ? pick(["/", "?", "?codes=,&limit=-1", "//", "?a=%zz"]) : "");
    return {
      method: dice() < 0.05 ? pick(["PUT", "HEAD", "OPTIONS", "DELETE"]) : operation.method,
      path: `/v1${path}`,
      headers: {
        ...(dice() < 0.95 ? { authorization: authorization(operation.caller) } : {}),
        ...(dice() < 0.8 ? { "content-type": "application/json" } : { "content-type": "text/plain" }),
        ...(dice() < 0.2 ? { origin: "https://anything.example" } : {}),
      },
      body: body(),
    };
  };
}
