/** The bodies about what was done with an account, and what pages report. Part of `contract.ts`, which exports them. */
import { z } from "zod";

/** What a page tells of a ceremony or an offer. Fixed words only: nothing in it says whose it is. */
export const CeremonyReport = z.strictObject({
  flow: z.enum(["button", "autofill", "enrollment", "step-up", "offer", "code"]),
  /** Of an offer: `shown`, `accepted`, `declined`. Of a ceremony: `succeeded`, `failed`. Of a code in its place: `chosen`. */
  outcome: z.enum(["shown", "accepted", "declined", "chosen", "succeeded", "failed"]),
  /** With `failed`: of what kind. */
  error: z
    .enum([
      "cancelled",
      "aborted",
      "timeout",
      "not-supported",
      "already-registered",
      "unknown-credential",
      "network",
      "refused",
      "other",
    ])
    .optional(),
  /** From the beginning to the outcome. */
  milliseconds: z.number().int().min(0).max(3_600_000).optional(),
});
export type CeremonyReport = z.infer<typeof CeremonyReport>;

export const Activity = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  /** The name of the security event, such as "sign_in.succeeded". Ignore names that you do not know. */
  event: z.string(),
  /** Whether it was done in the session of this request. */
  current: z.boolean(),
  /** Who did it: "user", "host" (the support people), or another word. */
  by: z.string(),
  /** Of a sign-in: "passkey", "email-otp" or a method of the host's. */
  method: z.string().nullable(),
  /** Of a step-up: what was confirmed. */
  action: z.string().nullable(),
  passkeyId: z.string().nullable(),
  /** In words, such as "Firefox" and "Windows"; null when not recognised. */
  browser: z.string().nullable(),
  system: z.string().nullable(),
});
export type Activity = z.infer<typeof Activity>;

export const ActivityResponse = z.array(Activity);
export type ActivityResponse = z.infer<typeof ActivityResponse>;

export const NotMeRequest = z.strictObject({
  /** Of the link in a notice. */
  token: z
    .string()
    .min(1)
    .max(4096)
    .regex(/^[\w.-]+$/),
  /** Whether the passkey that the notice tells of is removed, where it tells of an added one. */
  removePasskey: z.boolean(),
});
export type NotMeRequest = z.infer<typeof NotMeRequest>;

export const NotMeResponse = z.object({
  /** How many sessions were ended; null where this server cannot end them. */
  sessionsEnded: z.number().int().nullable(),
  passkeyRemoved: z.boolean(),
  /** The account has the address again that it had before the change which the notice tells of. */
  emailRestored: z.boolean(),
});
export type NotMeResponse = z.infer<typeof NotMeResponse>;
