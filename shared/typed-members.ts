/** Members of request bodies that people type: an e-mail address and a one-time code. */
import { z } from "zod";
import { plainDigits } from "./typed-digits.ts";
import { plainAddress } from "./typed-text.ts";

/**
 * What mail servers take (RFC 5321 section 4.1.2, without quoted local parts and address literals), with a dot in the
 * domain. A domain of other scripts is compared in ASCII: `xn--e1afmkfd.xn--p1ai`.
 */
const emailPattern =
  /^(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])$/i;
export const email = z
  .string()
  .max(512)
  .transform(plainAddress)
  // RFC 5321 section 4.5.3.1.3: a path is at most 256 octets, angle brackets included.
  .pipe(z.email({ pattern: emailPattern }).max(254));

/** Spaces, dashes and marks are dropped, and digits of every script count: people paste codes as their mail shows them. */
export const code = z
  .string()
  .max(64)
  .transform((typed) => plainDigits(typed).replace(/[\s\p{Pd}.]/gu, ""))
  .pipe(z.string().regex(/^\d{6,8}$/, "A code has 6 to 8 digits."));
