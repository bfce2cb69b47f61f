/** `POST /sessions/validate`: the user and the expiry of an access token. */
import { userAttributes } from "../../../domain/user-records.ts";
import { optionalTexts, requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { WireError } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";
import { findSession } from "./find-session.ts";

export async function validateSession({ tenant, body }: Call): Promise<Json> {
  const clientIds = optionalTexts(body, "clientIds");
  const { session, expiresAt } = await findSession(tenant, requiredText(body, "accessToken", 8_192));
  if (clientIds !== undefined && clientIds.length > 0 && !clientIds.includes(session.clientId)) {
    throw new WireError(
      "invalid_token",
      "The access token is invalid.",
      "the session belongs to another app client",
    );
  }
  const user = tenant.state.users.get(session.userId);
  return {
    user: { userId: session.userId, ...(user === undefined ? {} : userAttributes(user)) },
    expiresAt,
    verificationMethod: session.verificationMethod,
  };
}
