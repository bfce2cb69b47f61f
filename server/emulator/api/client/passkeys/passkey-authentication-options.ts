import type { AuthenticationChallenge } from "../../../tenant/records.ts";
import { authenticationOptions } from "../../../webauthn/ceremony-options.ts";
import { optionalText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { MaybeTokenCall } from "../../api-operation.ts";
import { beginAuthentication } from "../ceremonies/begin-authentication.ts";

/**
 * `POST /client/user-authenticators/passkey/authentication-options` (protocol 5.4). With a token, the user's own passkeys
 * are listed; without, the list is empty (unless the caller names a user) and the passkey itself says whose it is.
 */
export function passkeyAuthenticationOptions(call: MaybeTokenCall): Json {
  const username = optionalText(call.body, "username");
  const challenge = beginAuthentication(call, "PASSKEY", openChallenge(call));
  return {
    challengeId: challenge.challengeId,
    options: authenticationOptions(call.tenant, { ...challenge, username }),
  };
}

/** The challenge that `/client/challenge` began, when the caller names one. */
function openChallenge({ tenant, token, body }: MaybeTokenCall): AuthenticationChallenge | undefined {
  const challengeId = optionalText(body, "challengeId");
  if (challengeId === undefined) return undefined;
  const challenge = tenant.state.challenges.get(challengeId);
  // A token may take up a challenge that nobody owns yet; nobody may take up another user's.
  const belongs =
    challenge?.kind === "authentication" && [undefined, token?.userId].includes(challenge.userId);
  if (!belongs || challenge.expiresAt <= tenant.clock.now()) {
    throw invalidRequest("The challenge is invalid.", "no open passkey challenge has this id");
  }
  return challenge;
}
