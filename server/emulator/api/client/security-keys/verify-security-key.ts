/** `POST /client/verify/security-key` (protocol 5.9): finishes an authentication with a security key. */
import type { Json } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";
import { finishAuthentication } from "../ceremonies/finish-authentication.ts";
import { bareCredential, openCeremony } from "./open-ceremony.ts";

export function verifySecurityKey(call: TokenCall): Promise<Json> {
  const challenge = openCeremony(call, "authentication");
  return finishAuthentication(call, challenge?.kind === "authentication" ? challenge : undefined, {
    credential: bareCredential(call),
    deviceId: undefined,
  });
}
