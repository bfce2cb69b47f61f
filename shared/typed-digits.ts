import { plainText } from "./typed-text.ts";

/** Text as people type it, with the decimal digits of every script as 0 to 9. */
export function plainDigits(typed: string): string {
  return plainText(typed).replace(/\p{Nd}/gu, asciiDigit);
}

/** Unicode keeps the ten digits of a script side by side, from zero to nine. */
function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let first = point;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((point - first) % 10);
}
