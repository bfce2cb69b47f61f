/** `POST /client/user-authenticators/security-key` (protocol 5.9): finishes the registration of a security key. */
import type { Json } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";
import { finishRegistration } from "../ceremonies/finish-registration.ts";
import { bareCredential, openCeremony } from "./open-ceremony.ts";

export function addSecurityKey(call: TokenCall): Promise<Json> {
  const challenge = openCeremony(call, "registration");
  return finishRegistration(call, challenge?.kind === "registration" ? challenge : undefined, {
    credential: bareCredential(call),
    conditional: false,
    deviceId: undefined,
  });
}
