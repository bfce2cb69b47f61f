/**
 * needs:    nothing.
 * does:     reads a code as people type and paste it.
 * must not: be stricter than our server.
 */
import type { MessageKey } from "./messages.ts";

export function digitsOf(typed: string): string {
  return typed.replace(/[\s-]/g, "");
}

export function complaintAboutCode(digits: string): MessageKey | null {
  if (digits === "") return "otp.codeMissing";
  return /^\d{6,8}$/.test(digits) ? null : "otp.codeMalformed";
}
