/**
 * Checks the values as they are written. The configuration of this repository's app drops space and a slash at the end; an
 * app that passes the values on as they are is refused by the router.
 */
import type { Environment } from "../config/config.ts";
import { type CheckResult, failed } from "./check-result.ts";

const names = [
  "AUTHSIGNAL_TENANT_ID",
  "AUTHSIGNAL_API_SECRET_KEY",
  "AUTHSIGNAL_API_URL",
  "ORIGIN",
  "MORE_ORIGINS",
  "RP_ID",
] as const;
const urls: readonly string[] = ["AUTHSIGNAL_API_URL", "ORIGIN", "MORE_ORIGINS"];

export function checkWrittenValues(env: Environment): readonly CheckResult[] {
  return names.flatMap((name) => {
    const fault = faultOf(name, env[name] ?? "");
    return fault === null ? [] : [failed(`${name} has ${fault.what}.`, fault.remedy)];
  });
}

function faultOf(name: string, value: string): { readonly what: string; readonly remedy: string } | null {
  const bare = value.trim();
  if (bare === "") return null;
  if (/^["'`]|["'`]$/.test(bare))
    return { what: "a quotation mark around its value", remedy: `Write ${name} without quotation marks.` };
  if (bare !== value)
    return { what: "white space around its value", remedy: `Write ${name} without white space.` };
  if (urls.includes(name) && bare.split(",").some((one) => one.trim().endsWith("/")))
    return {
      what: "a slash at the end",
      remedy: `Write ${name} without it: createSdkGateway and createPasskeysRouter take the value without one only.`,
    };
  return null;
}
