/** Reads where people open the app, what passkeys are bound to, and the apps that share them. */
import { adviceForOrigin, adviceForRpId } from "../relying-party/addresses.ts";
import { type AndroidApp, readAndroidApps, readIosApps, split } from "../relying-party/native-apps.ts";
import type { Variables } from "./variables.ts";

/** @param port the port of the app: without ORIGIN it is `http://localhost:` and this */
export function readSite(
  { read, problems }: Variables,
  port: number,
): {
  readonly origin: string;
  readonly rpId: string;
  readonly moreOrigins: readonly string[];
  readonly iosApps: readonly string[];
  readonly androidApps: readonly AndroidApp[];
  readonly clientApiProxy: boolean;
} {
  const origin = readOrigin(read("ORIGIN") ?? `http://localhost:${port}`, problems);
  const moreOrigins = readMoreOrigins(read("MORE_ORIGINS") ?? "", origin, problems);
  return {
    origin: origin ?? "",
    rpId: readRpId(read("RP_ID"), origin, problems),
    moreOrigins,
    iosApps: readIosApps(read("IOS_APPS") ?? "", problems),
    androidApps: readAndroidApps(read("ANDROID_APPS") ?? "", problems),
    clientApiProxy: readProxySwitch(read("CLIENT_API_PROXY") ?? "off", moreOrigins, problems),
  };
}

/** @returns the origin, or null for one that browsers refuse. One slash at the end is dropped. */
function readOrigin(text: string, problems: string[]): string | null {
  const origin = withoutSlash(text);
  const advice = adviceForOrigin(origin);
  if (advice === null) return origin;
  problems.push(`ORIGIN must be ${advice}.`);
  return null;
}

/** The host of ORIGIN where nothing is configured. */
function readRpId(text: string | undefined, origin: string | null, problems: string[]): string {
  if (text === undefined && origin === null) return "";
  const rpId = text ?? new URL(origin ?? "").hostname;
  const advice = adviceForRpId(rpId, origin === null ? [] : [origin]);
  if (advice !== null) problems.push(`RP_ID must be ${advice}.`);
  return rpId;
}

/** Reads `https://a.example.com, https://b.example.com`: all with the scheme of the first origin, none twice. */
function readMoreOrigins(text: string, origin: string | null, problems: string[]): readonly string[] {
  const origins = split(text).map(withoutSlash);
  const scheme = origin === null ? null : new URL(origin).protocol;
  for (const one of origins) {
    const advice = adviceForOrigin(one);
    if (advice !== null) problems.push(`MORE_ORIGINS must have ${advice}.`);
    else if (scheme !== null && new URL(one).protocol !== scheme)
      problems.push(
        `MORE_ORIGINS has ${one}, but ORIGIN begins with ${scheme}//: cookies fit one of them only.`,
      );
  }
  return [...new Set(origins)].filter((one) => one !== origin);
}

function readProxySwitch(text: string, moreOrigins: readonly string[], problems: string[]): boolean {
  if (text !== "on" && text !== "off") problems.push("CLIENT_API_PROXY must be on or off.");
  if (text === "on" && moreOrigins.length > 0) {
    problems.push(
      "CLIENT_API_PROXY is on, but pages of MORE_ORIGINS could not use it: it is on ORIGIN alone.",
    );
  }
  return text === "on";
}

function withoutSlash(origin: string): string {
  return origin.replace(/([^/])\/$/, "$1");
}
