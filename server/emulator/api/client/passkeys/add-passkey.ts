/** `POST /client/user-authenticators/passkey` (protocol 5.3): finishes the registration of a passkey. */
import { optionalFlag, optionalText, requiredObject, requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";
import { finishRegistration } from "../ceremonies/finish-registration.ts";

export async function addPasskey(call: TokenCall): Promise<Json> {
  const { tenant, body } = call;
  const challenge = tenant.state.challenges.get(requiredText(body, "challengeId"));
  return finishRegistration(call, challenge?.kind === "registration" ? challenge : undefined, {
    credential: requiredObject(body, "registrationCredential"),
    conditional: optionalFlag(body, "conditionalCreate") ?? false,
    deviceId: optionalText(body, "deviceId"),
  });
}
