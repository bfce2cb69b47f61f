/** `POST /sessions/refresh`: a new pair; the old refresh token and the old access token stop working. */
import { requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { WireError } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";
import { hashOf, issuePair } from "./token-pair.ts";

export function refreshSession(call: Call): Promise<Json> {
  const { tenant, body } = call;
  const refreshTokenHash = hashOf(requiredText(body, "refreshToken"));
  const [session] = tenant.state.sessions.where("refreshTokenHash", refreshTokenHash);
  if (session === undefined || session.expiresAt <= tenant.clock.now()) {
    throw new WireError(
      "invalid_token",
      "The refresh token is invalid.",
      "no live session has this refresh token",
    );
  }
  return issuePair(call, session);
}
