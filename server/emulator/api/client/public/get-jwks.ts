/** `GET /client/public/{tenantId}/.well-known/jwks` (protocol 5.11): the keys that check access tokens. */
import { publicJwks } from "../../../tenant/session-tokens.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export async function getJwks({ tenant }: Call): Promise<Json> {
  return publicJwks(tenant);
}
