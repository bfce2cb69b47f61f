/** Values that were pasted into each other's place, seen by their looks, before any of them is sent anywhere. */
import type { Environment } from "../config/config.ts";
import { bad, type Finding, portal } from "./finding.ts";

const looksOf = {
  AUTHSIGNAL_TENANT_ID: "uuid",
  AUTHSIGNAL_API_SECRET_KEY: "secret",
  AUTHSIGNAL_API_URL: "url",
} as const;

type Name = keyof typeof looksOf;

export function findSwapped(env: Environment): Finding | null {
  const names: Name[] = ["AUTHSIGNAL_TENANT_ID", "AUTHSIGNAL_API_SECRET_KEY", "AUTHSIGNAL_API_URL"];
  const isIn = (name: Name, other: Name): boolean => looks(env[name]) === looksOf[other];
  for (const [index, name] of names.entries()) {
    for (const other of names.slice(index + 1)) {
      if (isIn(name, other) && isIn(other, name)) {
        return bad(
          `The values of ${name} and ${other} are swapped.`,
          `Exchange them. If you have committed or logged the secret by this, make a new one (${portal.keys}).`,
        );
      }
    }
  }
  return null;
}

function looks(value: string | undefined): string | null {
  const text = value?.trim() ?? "";
  if (text === "") return null;
  if (/^https?:\/\//.test(text)) return "url";
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? "uuid" : "secret";
}
