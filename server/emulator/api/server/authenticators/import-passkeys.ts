/** `POST /users/authenticators` (protocol 4.8): moves passkeys here from another service; each succeeds or fails alone. */
import { addAuthenticator } from "../../../domain/authenticator-rules.ts";
import { checkUserId, ensureUser } from "../../../domain/user-records.ts";
import type { UserAuthenticator } from "../../../tenant/records.ts";
import type { Tenant } from "../../../tenant/tenant.ts";
import { userHandleOf } from "../../../webauthn/ceremony-options.ts";
import { toBase64Url } from "../../../webauthn/client-data.ts";
import { loadVerifier } from "../../../webauthn/verifier.ts";
import { messageOf, offeredAlgorithms } from "../../../webauthn/verify-registration.ts";
import { type Input, isJsonObject, optionalText, optionalTexts, requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest, WireError } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

/** Documented. */
const largestBatch = 1_000;

export async function importPasskeys({ tenant, body }: Call): Promise<Json> {
  const { authenticators } = body;
  if (!Array.isArray(authenticators)) throw invalidRequest("authenticators must be a list.");
  if (authenticators.length > largestBatch)
    throw invalidRequest(`authenticators must have at most ${largestBatch} elements.`);
  const failures: Json[] = [];
  for (const entry of authenticators) {
    const input: Input = isJsonObject(entry) ? entry : {};
    try {
      await importPasskey(tenant, input);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      failures.push({
        userId: textOrEmpty(input.userId),
        credentialId: textOrEmpty(input.credentialId),
        errorCode: error.code,
        errorDescription: error.message,
      });
    }
  }
  const total = authenticators.length;
  return { total, succeeded: total - failures.length, failed: failures.length, failures };
}

/** Imports one passkey. Importing a user's own passkey again changes nothing. */
export async function importPasskey(tenant: Tenant, input: Input): Promise<UserAuthenticator> {
  const userId = checkUserId(requiredText(input, "userId"));
  const method = optionalText(input, "verificationMethod") ?? "PASSKEY";
  if (method !== "PASSKEY") throw invalidRequest("Only passkeys can be imported.");
  const credentialId = toBase64Url(requiredText(input, "credentialId"), "credentialId");
  const publicKey = await checkedPublicKey(
    toBase64Url(requiredText(input, "credentialPublicKey"), "credentialPublicKey"),
  );
  const signCount = counterIn(input);
  const [known] = tenant.state.userAuthenticators.where("credentialId", credentialId);
  if (known !== undefined && known.userId !== userId)
    throw new WireError("conflict", "Credential already exists for a different user.");
  if (known !== undefined) return known;
  const transports = optionalTexts(input, "transports") ?? [];
  const aaguid = optionalText(input, "aaguid") ?? "00000000-0000-0000-0000-000000000000";
  const user = ensureUser(tenant, userId);
  const username = user.username ?? user.email ?? userId;
  return addAuthenticator(tenant, {
    userId,
    verificationMethod: "PASSKEY",
    verifiedAt: tenant.clock.now(),
    username,
    displayName: user.displayName ?? username,
    credential: {
      credentialId,
      publicKey,
      signCount,
      transports,
      aaguid,
      // Unknown until the first sign-in (verifyAuthentication).
      deviceType: "unknown",
      backedUp: false,
      deviceId: tenant.random.uuid(),
      name: optionalText(input, "name") ?? "Passkey",
      userHandle: userHandleOf(userId),
    },
  });
}

function counterIn({ counter = 0 }: Input): number {
  if (typeof counter === "number" && Number.isInteger(counter) && counter >= 0 && counter < 2 ** 32)
    return counter;
  throw invalidRequest("counter must be a whole number from 0 up.");
}

/** Checked here, because a key that cannot verify would fail at a sign-in without an explanation. */
async function checkedPublicKey(publicKey: string): Promise<string> {
  const { decodeCredentialPublicKey, isoCBOR } = await loadVerifier();
  try {
    const bytes = Uint8Array.from(Buffer.from(publicKey, "base64url"));
    const decoded = decodeCredentialPublicKey(bytes);
    // COSE key label 3 is the algorithm (RFC 9052 7.1).
    const alg: unknown = decoded instanceof Map ? decoded.get(3) : undefined;
    const isWhole = decoded instanceof Map && isoCBOR.encode(decoded).length === bytes.length;
    if (isWhole && typeof alg === "number" && offeredAlgorithms.includes(alg)) return publicKey;
  } catch (error) {
    throw invalidRequest("credentialPublicKey must be a COSE key.", messageOf(error));
  }
  throw invalidRequest("credentialPublicKey must be a COSE key of a supported algorithm.");
}

function textOrEmpty(value: unknown): string {
  return typeof value === "string" ? value : "";
}
