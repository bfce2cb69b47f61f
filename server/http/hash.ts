/** Hashes values with SHA-256, for keys that must not reveal the value. */
import { createHash } from "node:crypto";

/** @returns 43 characters of base64url */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
