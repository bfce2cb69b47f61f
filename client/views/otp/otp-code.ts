/**
 * needs:    the error codes of api.ts.
 * does:     reads a code as people type and paste it, and tells which errors are about it.
 * must not: be stricter than our server.
 */
import { plainDigits } from "../../../shared/typed-digits.ts";
import { ApiError } from "../../http/api.ts";
import type { MessageKey } from "../../words/messages.ts";

/** Finds the one number of 6 to 8 digits, also in a sentence. Returns what was typed if there is none, or several. */
export function digitsOf(typed: string): string {
  const plain = plainDigits(typed);
  // Mail programs separate digits by one space, hyphen or dot. Two of them separate two numbers.
  const joined = plain.replace(/(?<=\d)(?:\s|\p{Pd}|\.)(?=\d)/gu, "");
  for (const text of [plain, joined]) {
    const [code, ...others] = text.match(/(?<!\d)\d{6,8}(?!\d)/g) ?? [];
    if (code !== undefined && others.length === 0) return code;
  }
  return joined.trim();
}

export function errorOfCode(digits: string): MessageKey | null {
  if (digits === "") return "otp.codeMissing";
  return /^\d{6,8}$/.test(digits) ? null : "otp.codeMalformed";
}

/** Whether the person has to change what was typed. */
export function isAboutCode(error: unknown): boolean {
  return error instanceof ApiError && (error.code.startsWith("otp_") || error.code === "validation_failed");
}
