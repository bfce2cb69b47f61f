/** `POST /sessions/user/revoke`: every session of the user. */
import { checkUserId } from "../../../domain/user-records.ts";
import { requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function revokeUserSessions({ tenant, body }: Call): Json {
  tenant.state.sessions.deleteWhere("userId", checkUserId(requiredText(body, "userId")));
  return {};
}
