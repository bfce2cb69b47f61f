/** Which of our tables a host may do without, or has to ask for. Everything else is always made. */
import type { Schema } from "./table-types.ts";

/** The names are `openStorage`'s option `tables`, in releases to come as well. */
export const partTables = {
  users: "users",
  sessions: "sessions",
  audit: "audit_events",
  notices: "notices",
} as const satisfies Readonly<Record<string, keyof Schema>>;

export type Part = keyof typeof partTables;

export const allParts: readonly Part[] = ["users", "sessions", "audit", "notices"];

/** Made only where they are asked for: what they are for is off by default. */
export const partsOnRequest: ReadonlySet<Part> = new Set<Part>(["notices"]);

export function isPart(name: string): name is Part {
  return Object.hasOwn(partTables, name);
}

/** The part whose table this is, if it was left out. */
export function leftOutPart(leftOut: ReadonlySet<Part>, table: string): Part | null {
  return [...leftOut].find((part) => partTables[part] === table) ?? null;
}
