/**
 * Checks of stored values that are types at the same time. By hand, because importing a schema library would add a fifth
 * to what it costs to load the emulator.
 */
import { createPrivateKey } from "node:crypto";
import { isJsonObject, isWellFormed } from "../wire/input.ts";
import type { JsonObject } from "../wire/wire.ts";

export type Check<T> = (value: unknown) => value is T;
export type Checked<C> = C extends Check<infer T> ? T : never;

/** A member whose check accepts `undefined` may be left out. */
type RecordOf<Shape> = {
  readonly [Name in keyof Shape as undefined extends Checked<Shape[Name]> ? never : Name]: Checked<
    Shape[Name]
  >;
} & {
  readonly [Name in keyof Shape as undefined extends Checked<Shape[Name]> ? Name : never]?: Checked<
    Shape[Name]
  >;
};

export const text: Check<string> = (value): value is string =>
  typeof value === "string" && isWellFormed(value);
export const flag: Check<boolean> = (value): value is boolean => typeof value === "boolean";
export const count: Check<number> = (value): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
/** Milliseconds since the epoch, as far as a Date can hold them. */
export const time: Check<number> = (value): value is number => count(value) && value <= 8.64e15;

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): Check<Choice> {
  return (value): value is Choice => choices.some((choice) => choice === value);
}

export function listOf<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

/** Only a value's own members count: a name that a prototype has is missing. */
export function record<Shape extends Readonly<Record<string, Check<unknown>>>>(
  shape: Shape,
): Check<RecordOf<Shape>> {
  return (value): value is RecordOf<Shape> =>
    isJsonObject(value) &&
    Object.entries(shape).every(([name, check]) =>
      check(Object.hasOwn(value, name) ? value[name] : undefined),
    );
}

/** Imports the key, because its members do not tell whether it can sign. */
export const privateKey: Check<JsonObject> = (jwk): jwk is JsonObject => {
  if (!isJsonObject(jwk) || !text(jwk.kid)) return false;
  try {
    return createPrivateKey({ key: { ...jwk }, format: "jwk" }).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
};
