/** Finds two variables with swapped values by the form of the values, before any value is sent. */
import type { Environment } from "../config/config.ts";
import { type CheckResult, failed, portal } from "./check-result.ts";

const forms = {
  AUTHSIGNAL_TENANT_ID: "uuid",
  AUTHSIGNAL_API_SECRET_KEY: "secret",
  AUTHSIGNAL_API_URL: "url",
} as const;

type Name = keyof typeof forms;

export function checkSwappedValues(env: Environment): CheckResult | null {
  const names: Name[] = ["AUTHSIGNAL_TENANT_ID", "AUTHSIGNAL_API_SECRET_KEY", "AUTHSIGNAL_API_URL"];
  const isIn = (name: Name, other: Name): boolean => formOf(env[name]) === forms[other];
  for (const [index, name] of names.entries()) {
    for (const other of names.slice(index + 1)) {
      if (isIn(name, other) && isIn(other, name)) {
        return failed(
          `The values of ${name} and ${other} are swapped.`,
          `Swap them. If the secret was committed or logged in the wrong variable, create a new one (${portal.keys}).`,
        );
      }
    }
  }
  return null;
}

function formOf(value: string | undefined): string | null {
  const text = value?.trim() ?? "";
  if (text === "") return null;
  if (/^https?:\/\//.test(text)) return "url";
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? "uuid" : "secret";
}
