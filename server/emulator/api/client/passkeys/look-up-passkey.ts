/** `GET /client/user-authenticators/passkey?credentialIds=a,b` (protocol 5.6): the first of these that is enrolled. */
import { toIso } from "../../../tenant/clock.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidCredential } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function lookUpPasskey({ tenant, query }: Call): Json {
  const asked = `${query.get("credentialIds") ?? ""},${query.get("credentialId") ?? ""}`
    .split(",")
    .slice(0, 100);
  for (const credentialId of asked) {
    const [known] = tenant.state.userAuthenticators.where("credentialId", credentialId);
    if (known?.verificationMethod === "PASSKEY" && known.verifiedAt !== undefined) {
      return { credentialId, verifiedAt: toIso(known.verifiedAt) };
    }
  }
  throw invalidCredential("none of the credential IDs is known");
}
