/** Reads single values of the environment. What is wrong is added to `problems`; no value is ever repeated there. */

import { adviceForOrigin } from "../relying-party/addresses.ts";
import { split } from "../relying-party/native-apps.ts";

/** The shortest that signs anything: 32 characters of base64 are 192 bits. */
const shortestSecret = 32;

export function readNumber(
  text: string,
  name: string,
  { min = 0, max }: { readonly min?: number; readonly max: number },
  problems: string[],
): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  problems.push(`${name} is not a whole number from ${min} to ${max}.`);
  return min;
}

export function readUrl(
  text: string | undefined,
  name: string,
  protocols: readonly string[],
  problems: string[],
): string | null {
  if (text === undefined) return null;
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
  problems.push(`${name} must be a URL that begins with ${protocols[0]}//.`);
  return null;
}

/** Several secrets with commas between them, so that one can be rotated. */
export function readSecrets(
  text: string | undefined,
  name: string,
  problems: string[],
): readonly string[] | null {
  if (text === undefined) return null;
  const secrets = text.split(",").map((secret) => secret.trim());
  for (const [at, secret] of secrets.entries()) {
    if (secret.length >= shortestSecret) continue;
    const which = secrets.length === 1 ? name : `${name}, number ${at + 1} of ${secrets.length},`;
    problems.push(
      `${which} is shorter than ${shortestSecret} characters: make one with \`openssl rand -base64 32\`.`,
    );
  }
  return secrets;
}

/** @returns the origin, or null for one that browsers refuse. One slash at the end is dropped. */
export function readOrigin(text: string, problems: string[]): string | null {
  const origin = withoutSlash(text);
  const advice = adviceForOrigin(origin);
  if (advice === null) return origin;
  problems.push(`ORIGIN must be ${advice}.`);
  return null;
}

/** Reads `https://a.example.com, https://b.example.com`: all with the scheme of the first origin, none twice. */
export function readMoreOrigins(text: string, origin: string | null, problems: string[]): readonly string[] {
  const origins = split(text).map(withoutSlash);
  for (const one of origins) {
    const advice = adviceForOrigin(one);
    if (advice !== null) problems.push(`MORE_ORIGINS must have ${advice}.`);
    else if (origin !== null && new URL(one).protocol !== new URL(origin).protocol)
      problems.push(
        `MORE_ORIGINS has ${one}, but ORIGIN begins with ${new URL(origin).protocol}//: cookies fit one of them only.`,
      );
  }
  return [...new Set(origins)].filter((one) => one !== origin);
}

function withoutSlash(origin: string): string {
  return origin.replace(/([^/])\/$/, "$1");
}
