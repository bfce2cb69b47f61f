/** `POST /client/verify/passkey` (protocol 5.5): finishes an authentication with a passkey. */
import { optionalText, requiredObject, requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import type { MaybeTokenCall } from "../../api-operation.ts";
import { finishAuthentication } from "../ceremonies/finish-authentication.ts";

export async function verifyPasskey(call: MaybeTokenCall): Promise<Json> {
  const { tenant, body } = call;
  const credential = requiredObject(body, "authenticationCredential");
  const challenge = tenant.state.challenges.get(requiredText(body, "challengeId"));
  return finishAuthentication(call, challenge?.kind === "authentication" ? challenge : undefined, {
    credential,
    deviceId: optionalText(body, "deviceId"),
  });
}
