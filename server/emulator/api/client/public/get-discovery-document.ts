/** `GET …/.well-known/openid-configuration`: OpenID Connect Discovery, which API gateways read (*inferred*, protocol 2.5). */
import { issuerOf } from "../../../tenant/session-tokens.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function getDiscoveryDocument({ tenant }: Call): Json {
  const issuer = issuerOf(tenant);
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks`,
    id_token_signing_alg_values_supported: ["RS256"],
    subject_types_supported: ["public"],
    response_types_supported: ["token"],
  };
}
