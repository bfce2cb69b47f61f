/**
 * The members of Authsignal's answers that sdk-gateway.ts reads and judges. Unknown members are ignored; a missing one counts
 * as an outage.
 */
import { z } from "zod";

export const ChallengeAnswer = z.object({ challengeId: z.string(), expiresAt: z.number() });
export const VerifyAnswer = z.object({
  isVerified: z.boolean(),
  email: z.string().min(1).optional(),
  failureReason: z.string().optional(),
});
/** An unreadable list counts as missing: null. */
const methods = z.array(z.string()).nullable().default(null).catch(null);
export const TrackAnswer = z.object({
  token: z.string().min(1),
  allowedVerificationMethods: methods,
  enrolledVerificationMethods: methods,
});
export const ValidateAnswer = z.object({
  isValid: z.boolean(),
  state: z.string().optional(),
  userId: z.string().optional(),
  action: z.string().optional(),
  idempotencyKey: z.string().optional(),
  verificationMethod: z.string().optional(),
  error: z.string().optional(),
});
export const AuthenticatorsAnswer = z.array(
  z.object({
    userAuthenticatorId: z.string(),
    verificationMethod: z.string(),
    createdAt: z.iso.datetime(),
    lastVerifiedAt: z.iso.datetime().optional(),
    webauthnCredential: z
      .object({
        credentialId: z.string().optional(),
        credentialBackedUp: z.boolean().optional(),
        authenticatorAttachment: z.string().optional(),
        parsedUserAgent: z.object({ ua: z.string().optional() }).optional(),
        aaguidMapping: z
          .object({
            name: z.string(),
            svgIconLight: z.string().optional(),
            svgIconDark: z.string().optional(),
          })
          .optional(),
      })
      .optional(),
  }),
);
