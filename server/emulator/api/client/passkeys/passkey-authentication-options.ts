/** `POST …/passkey/authentication-options` (protocol 5.4): lists passkeys for a token or a user name, and none otherwise. */
import { whyMissing } from "../../../domain/missing-challenge.ts";
import type { AuthenticationChallenge } from "../../../tenant/records.ts";
import { authenticationOptions } from "../../../webauthn/ceremony-options.ts";
import { optionalText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { MaybeTokenCall } from "../../api-operation.ts";
import { beginAuthentication } from "../ceremonies/begin-authentication.ts";

export function passkeyAuthenticationOptions(call: MaybeTokenCall): Json {
  const username = optionalText(call.body, "username");
  const challenge = beginAuthentication(call, "PASSKEY", openChallenge(call));
  return {
    challengeId: challenge.challengeId,
    options: authenticationOptions(call.tenant, { ...challenge, username }),
  };
}

/** The challenge from `/client/challenge`, if the caller names one. */
function openChallenge({ tenant, token, body }: MaybeTokenCall): AuthenticationChallenge | undefined {
  const challengeId = optionalText(body, "challengeId");
  if (challengeId === undefined) return undefined;
  const challenge = tenant.state.challenges.get(challengeId);
  // A token may use a challenge without a user, and not one of another user.
  const belongs =
    challenge?.kind === "authentication" && [undefined, token?.userId].includes(challenge.userId);
  if (!belongs || challenge.expiresAt <= tenant.clock.now()) {
    throw invalidRequest(
      "The challenge is invalid.",
      whyMissing(tenant, challengeId, "no open passkey challenge has this id"),
    );
  }
  return challenge;
}
