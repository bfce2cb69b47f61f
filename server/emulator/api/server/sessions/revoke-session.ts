/** `POST /sessions/revoke`: ends the session of an access token. */
import { requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";
import { findSession } from "./find-session.ts";

export async function revokeSession({ tenant, body }: Call): Promise<Json> {
  const { session } = await findSession(tenant, requiredText(body, "accessToken", 8_192));
  tenant.state.sessions.delete(session.sessionId);
  return {};
}
