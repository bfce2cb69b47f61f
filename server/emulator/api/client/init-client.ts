/** `POST /client/init`: what the React SDK needs to show its challenge (read from its source). */
import { enrollmentFactsFor } from "../../domain/authenticator-rules.ts";
import { issueChallengeToken } from "../../domain/tracked-actions.ts";
import type { Json } from "../../wire/wire.ts";
import type { TokenCall } from "../api-operation.ts";

export function initClient({ tenant, token }: TokenCall): Json {
  const { allowedVerificationMethods, enrolledVerificationMethods, defaultVerificationMethod } =
    enrollmentFactsFor(tenant, token.userId, token.actionCode);
  const { email, phoneNumber } = tenant.state.users.get(token.userId) ?? {};
  return {
    challengeOptions: {
      token: issueChallengeToken(tenant, token),
      defaultVerificationMethod,
      verificationMethods: enrolledVerificationMethods.filter((one) =>
        allowedVerificationMethods.includes(one),
      ),
      user: { email, phoneNumber },
    },
  };
}
