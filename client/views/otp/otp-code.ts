/**
 * needs:    the error codes of api.ts.
 * does:     reads a code as people type and paste it, and knows which refusals are about it.
 * must not: be stricter than our server.
 */
import { ApiError } from "../../api/api.ts";
import type { MessageKey } from "../../words/messages.ts";

/** The one number of six to eight digits, out of a whole sentence too; else what was typed, for the complaint. */
export function digitsOf(typed: string): string {
  // Digits of other widths, and characters without any.
  const plain = typed.normalize("NFKC").replace(/\p{Cf}/gu, "");
  // What mail programs put between digits: one space, hyphen or dot. Two of them are between two numbers.
  const joined = plain.replace(/(?<=\d)(?:\s|\p{Pd}|\.)(?=\d)/gu, "");
  for (const text of [plain, joined]) {
    const [code, ...others] = text.match(/(?<!\d)\d{6,8}(?!\d)/g) ?? [];
    if (code !== undefined && others.length === 0) return code;
  }
  return joined.trim();
}

export function complaintAboutCode(digits: string): MessageKey | null {
  if (digits === "") return "otp.codeMissing";
  return /^\d{6,8}$/.test(digits) ? null : "otp.codeMalformed";
}

/** Whether it is what was typed that the person has to change. */
export function isAboutCode(error: unknown): boolean {
  return error instanceof ApiError && (error.code.startsWith("otp_") || error.code === "validation_failed");
}
