/**
 * Shapes of values that tests and tools hand to the emulator. A shape checks a value, names what is wrong with it, and is
 * written as JSON Schema in the OpenAPI document. Unlike the API, the control plane refuses unknown members.
 */
import { isJsonObject, isWellFormed } from "./input.ts";
import type { Json, JsonObject } from "./wire.ts";
import { invalidRequest } from "./wire-error.ts";

export interface Shape {
  readonly schema: JsonObject;
  /** Throws `invalidRequest` with a sentence that begins with `where`, such as `users[0].userId`. */
  check(value: unknown, where: string): void;
}

/** The members of an object: those of the type, and no others. */
export type Members<T> = Readonly<Record<keyof T & string, Shape>>;

export function text({ longest = 4_096, mayBeEmpty = false } = {}): Shape {
  return {
    schema: { type: "string", maxLength: longest, ...(mayBeEmpty ? {} : { minLength: 1 }) },
    check(value, where) {
      if (typeof value !== "string" || !isWellFormed(value))
        throw invalidRequest(`${where} must be a string.`);
      if (value === "" && !mayBeEmpty) throw invalidRequest(`${where} must not be empty.`);
      if (value.length > longest)
        throw invalidRequest(`${where} must be at most ${longest} characters long.`);
    },
  };
}

export const flag: Shape = {
  schema: { type: "boolean" },
  check(value, where) {
    if (typeof value !== "boolean") throw invalidRequest(`${where} must be true or false.`);
  },
};

/** What a rule can compare. */
export const scalar: Shape = {
  schema: { type: ["string", "number", "boolean"] },
  check(value, where) {
    if (!["string", "number", "boolean"].includes(typeof value))
      throw invalidRequest(`${where} must be a string, a number, true or false.`);
  },
};

/** A text of this form, which `what` says in words. */
export function matching(pattern: RegExp, what: string): Shape {
  return {
    schema: { type: "string", pattern: pattern.source },
    check(value, where) {
      if (typeof value !== "string" || !pattern.test(value))
        throw invalidRequest(`${where} must be ${what}.`);
    },
  };
}

export const uuid = matching(
  /^[\da-fA-F]{8}(-[\da-fA-F]{4}){3}-[\da-fA-F]{12}$/,
  "a UUID such as ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4",
);

export interface NumberLimits {
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

export function number({ least = 0, most = 1e12, whole = false }: NumberLimits = {}): Shape {
  const kind = whole ? "a whole number" : "a number";
  return {
    schema: { type: whole ? "integer" : "number", minimum: least, maximum: most },
    check(value, where) {
      const fits = typeof value === "number" && value >= least && value <= most;
      if (fits && (!whole || Number.isInteger(value))) return;
      throw invalidRequest(`${where} must be ${kind} from ${least} to ${most}.`);
    },
  };
}

export const isoTime: Shape = {
  schema: { type: "string", format: "date-time" },
  check(value, where) {
    if (typeof value !== "string" || Number.isNaN(Date.parse(value)))
      throw invalidRequest(`${where} must be an ISO 8601 date such as 2030-01-31T12:00:00Z.`);
  },
};

export function choice(...choices: readonly (string | boolean)[]): Shape {
  return {
    schema: { enum: choices },
    check(value, where) {
      if (!choices.some((one) => one === value))
        throw invalidRequest(`${where} must be one of ${choices.join(", ")}.`);
    },
  };
}

/** A list with at least `least` elements, each of this shape. */
export function list(of: Shape, { least = 0, most = Number.POSITIVE_INFINITY } = {}): Shape {
  return {
    schema: { type: "array", items: of.schema, ...(least > 0 ? { minItems: least } : {}) },
    check(value, where) {
      if (!Array.isArray(value)) throw invalidRequest(`${where} must be a list.`);
      if (value.length < least) throw invalidRequest(`${where} must have at least ${least} element.`);
      if (value.length > most) throw invalidRequest(`${where} must have at most ${most} elements.`);
      for (const [at, element] of value.entries()) of.check(element, `${where}[${at}]`);
    },
  };
}

/** An object with any names, or with names of this shape, whose values have this shape. */
export function map(of: Shape, names?: Shape): Shape {
  return {
    schema: {
      type: "object",
      additionalProperties: of.schema,
      ...(names === undefined ? {} : { propertyNames: names.schema }),
    },
    check(value, where) {
      if (!isJsonObject(value)) throw invalidRequest(`${where} must be an object.`);
      for (const [name, member] of Object.entries(value)) {
        names?.check(name, `${JSON.stringify(name)} of ${where}`);
        of.check(member, `${where}.${name}`);
      }
    },
  };
}

/** A value that an operation checks itself, or that may be anything. */
export function anything(schema: JsonObject = {}): Shape {
  return { schema, check() {} };
}

export interface ObjectShape extends Shape {
  readonly members: Readonly<Record<string, Shape>>;
}

/** An object with these members. `undefined` and `null` count as absent. */
export function object(
  members: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
): ObjectShape {
  const names = Object.keys(members);
  return {
    members,
    schema: {
      type: "object",
      properties: Object.fromEntries(names.map((name): [string, Json] => [name, members[name]?.schema])),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
    },
    check(value, where) {
      if (!isJsonObject(value))
        throw invalidRequest(
          `${where === "" ? "The value" : where} must be an object. Known members: ${names.join(", ")}.`,
        );
      onlyKnown(value, names, where);
      for (const name of names) {
        const member: unknown = Object.hasOwn(value, name) ? value[name] : undefined;
        const place = where === "" ? name : `${where}.${name}`;
        if (member !== undefined && member !== null) members[name]?.check(member, place);
        else if (required.includes(name)) throw invalidRequest(`${place} is required.`);
      }
    },
  };
}

/** Refuses members that are not in the list. `where` is empty for the value itself. */
export function onlyKnown(value: object, known: readonly string[], where = ""): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const place = where === "" ? "" : ` of ${where}`;
  const names = known.length === 0 ? "There are none." : `Known: ${known.join(", ")}.`;
  throw invalidRequest(`${JSON.stringify(unknown)}${place} is not known. ${names}`);
}
