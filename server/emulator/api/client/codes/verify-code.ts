/** `POST /client/verify/{method}` (protocol 5.8): a wrong code is a 200 that says so. */
import { checkCode, keptIfRefused } from "../../../domain/codes.ts";
import { failAction } from "../../../domain/tracked-actions.ts";
import type { CodeMethod } from "../../../tenant/records.ts";
import { requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { TokenCall } from "../../api-operation.ts";
import { finishCode } from "./finish-code.ts";
import { openCode } from "./open-code.ts";

export function verifyCode(verificationMethod: CodeMethod) {
  return (call: TokenCall): Json | Promise<Json> => {
    const { tenant, token, body, note } = call;
    const challenge = openCode(call, verificationMethod);
    const outcome = checkCode(tenant, challenge, requiredText(body, "verificationCode"), note);
    if (!outcome.isVerified) {
      if (outcome.failureReason === "MAX_ATTEMPTS_EXCEEDED") failAction(tenant, token);
      return { ...outcome };
    }
    if (challenge === undefined) throw invalidRequest("The challenge is invalid.");
    return keptIfRefused(tenant, challenge, () => finishCode(call, challenge, token.userId));
  };
}
