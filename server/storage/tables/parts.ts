/** Which of our tables a host may do without, because it has its own. Everything else is always made. */
import type { Schema } from "./table-types.ts";

/** The names are `openStorage`'s option `tables`, in releases to come as well. */
export const partTables = {
  users: "users",
  sessions: "sessions",
  audit: "audit_events",
} as const satisfies Readonly<Record<string, keyof Schema>>;

export type Part = keyof typeof partTables;

export const allParts: readonly Part[] = ["users", "sessions", "audit"];

export function isPart(name: string): name is Part {
  return Object.hasOwn(partTables, name);
}

/** The part whose table this is, if it was left out. */
export function leftOutPart(leftOut: ReadonlySet<Part>, table: string): Part | null {
  return [...leftOut].find((part) => partTables[part] === table) ?? null;
}
