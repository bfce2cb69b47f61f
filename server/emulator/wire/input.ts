/** Readers of what callers send: unknown members are ignored and `null` is absent, as in the real API (protocol 0.7). */
import type { JsonObject } from "./wire.ts";
import { invalidRequest } from "./wire-error.ts";

/** A known member of the wrong type is refused. */
export type Input = Readonly<Record<string, unknown>>;

const longestText = 4_096;

export function optionalText(input: Input, name: string, longest = longestText): string | undefined {
  const value = ownValue(input, name);
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string" || !isWellFormed(value)) throw invalidRequest(`${name} must be a string.`);
  if (value.length > longest) throw invalidRequest(`${name} must be at most ${longest} characters long.`);
  return value;
}

export function requiredText(input: Input, name: string, longest = longestText): string {
  const value = optionalText(input, name, longest);
  if (value === undefined) throw invalidRequest(`${name} is required.`);
  return value;
}

export function optionalFlag(input: Input, name: string): boolean | undefined {
  const value = ownValue(input, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw invalidRequest(`${name} must be true or false.`);
  return value;
}

export function optionalObject(input: Input, name: string): JsonObject | undefined {
  const value = ownValue(input, name);
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw invalidRequest(`${name} must be an object.`);
  return value;
}

export function requiredObject(input: Input, name: string): JsonObject {
  const value = optionalObject(input, name);
  if (value === undefined) throw invalidRequest(`${name} is required.`);
  return value;
}

export function optionalTexts(input: Input, name: string): string[] | undefined {
  const value = ownValue(input, name);
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw invalidRequest(`${name} must be a list of strings.`);
  }
  return value;
}

/** A member of a closed list; `undefined` when absent. */
export function optionalChoice<T extends string>(
  input: Input,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = optionalText(input, name);
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one === value);
  if (choice === undefined) throw invalidRequest(`${name} must be one of ${choices.join(", ")}.`);
  return choice;
}

/** Members of a closed list, each once; `undefined` when absent. */
export function optionalChoices<T extends string>(
  input: Input,
  name: string,
  choices: readonly T[],
): T[] | undefined {
  const values = optionalTexts(input, name);
  if (values?.some((value) => !choices.some((one) => one === value)) === true)
    throw invalidRequest(`${name} must be a list of ${choices.join(", ")}.`);
  return values && choices.filter((one) => values.includes(one));
}

/** `undefined`: absent. `null`: clears the stored value. */
export function clearableText(input: Input, name: string): string | null | undefined {
  return ownValue(input, name) === null ? null : optionalText(input, name);
}

/** False for half a surrogate pair: a file cannot keep it, so that two ids would become one. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Ignores members of the prototype, such as `toString`. */
function ownValue(input: Input, name: string): unknown {
  return Object.hasOwn(input, name) ? input[name] : undefined;
}

/** Not by `URL.canParse`: in Node 20, once it is compiled, it refuses every text with letters such as ü. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
