/** `POST /users/{userId}/authenticators`: the backend vouches for an address. The same address is kept once (*inferred*). */
import { addAuthenticator, findByAddress, makeDefault } from "../../../domain/authenticator-rules.ts";
import { serverView } from "../../../domain/authenticator-view.ts";
import { ensureUser, userIdOf } from "../../../domain/user-records.ts";
import type { Tenant } from "../../../tenant/tenant.ts";
import { optionalChoice, optionalFlag, parseUrl, requiredText } from "../../../wire/input.ts";
import { checkAddress } from "../../../wire/person-addresses.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";
import { importPasskey } from "./import-passkeys.ts";

const enrollable = [
  "EMAIL_OTP",
  "EMAIL_MAGIC_LINK",
  "SMS",
  "WHATSAPP",
  "AUTHENTICATOR_APP",
  "PASSKEY",
] as const;

export async function enrollVerifiedAuthenticator({ tenant, params, body }: Call): Promise<Json> {
  const userId = userIdOf(params);
  const verificationMethod = optionalChoice(body, "verificationMethod", enrollable) ?? legacyMethod(body);
  const isDefault = optionalFlag(body, "isDefault");
  const authenticator =
    verificationMethod === "PASSKEY"
      ? await importPasskey(tenant, { ...body, userId })
      : enrollAddressOrApp(tenant, userId, verificationMethod, body);
  if (isDefault === true) makeDefault(tenant, userId, authenticator.userAuthenticatorId);
  return {
    authenticator: serverView(
      tenant.state.userAuthenticators.get(authenticator.userAuthenticatorId) ?? authenticator,
    ),
    recoveryCodes: [],
  };
}

type Enrollable = Exclude<(typeof enrollable)[number], "PASSKEY">;

function enrollAddressOrApp(
  tenant: Tenant,
  userId: string,
  verificationMethod: Enrollable,
  body: Call["body"],
) {
  const attributes = attributesFor(verificationMethod, body);
  ensureUser(tenant, userId);
  const address = attributes.email ?? attributes.phoneNumber;
  const known =
    address === undefined ? undefined : findByAddress(tenant, userId, verificationMethod, address);
  const now = tenant.clock.now();
  return known ?? addAuthenticator(tenant, { userId, verificationMethod, verifiedAt: now, ...attributes });
}

/** Old SDKs send the channel instead of the method. */
function legacyMethod(body: Call["body"]): (typeof enrollable)[number] {
  const channel = optionalChoice(body, "oobChannel", ["EMAIL_OTP", "EMAIL_MAGIC_LINK", "SMS"] as const);
  if (channel === undefined) throw invalidRequest("verificationMethod is required.");
  return channel;
}

function attributesFor(verificationMethod: Enrollable, body: Call["body"]) {
  switch (verificationMethod) {
    case "EMAIL_OTP":
    case "EMAIL_MAGIC_LINK":
      return { email: checkAddress("email", requiredText(body, "email", 320)) };
    case "SMS":
    case "WHATSAPP":
      return { phoneNumber: checkAddress("phoneNumber", requiredText(body, "phoneNumber", 64)) };
    case "AUTHENTICATOR_APP":
      return { totpSecret: secretIn(requiredText(body, "otpUri")) };
  }
}

function secretIn(otpUri: string): string {
  const secret = parseUrl(otpUri)?.searchParams.get("secret") ?? "";
  if (!/^[A-Z2-7]{16,128}=*$/i.test(secret)) throw invalidRequest("otpUri must carry a base32 secret.");
  return secret.toUpperCase();
}
