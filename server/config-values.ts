/** Reads single values of the environment. What is wrong is added to `problems`; no value is ever repeated there. */

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
