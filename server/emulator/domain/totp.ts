import { createHmac } from "node:crypto";
import { sameText } from "../tenant/callers.ts";
import type { UserAuthenticator } from "../tenant/records.ts";
import { decodeBase32 } from "./base32.ts";

const stepSeconds = 30;

export function matchingStep(app: UserAuthenticator, code: string, now: number): number | undefined {
  const current = Math.floor(now / 1000 / stepSeconds);
  const { totpStep: spent = -1 } = app;
  // A step that is still to come was spent before a test set the clock back: it rules out none of today's.
  const isUnspent = (step: number) => step > spent || spent > current + 1;
  return [current, current - 1, current + 1].find(
    (step) => isUnspent(step) && sameText(totpCode(app.totpSecret ?? "", step), code),
  );
}

/** RFC 4226 5.3 over the time step. */
function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", decodeBase32(secret)).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
