/** The shapes of ceremonies that the control plane performs. */
import type {
  AuthenticatorFault,
  AuthenticatorKnobs,
  HeldPasskey,
} from "../../authenticator/authenticator.ts";
import { choice, flag, type Members, number, object, text } from "../../wire/shape.ts";
import type { SignInRequest, SignUpRequest } from "./ceremonies.ts";

const knobs: Members<AuthenticatorKnobs> = {
  algorithm: choice("ES256", "RS256", "EdDSA"),
  aaguid: text({ longest: 64 }),
  isUserVerified: flag,
  isUserPresent: flag,
  backupEligibility: flag,
  backupState: flag,
  signCount: number({ most: 2 ** 32 - 1, whole: true }),
  transport: choice("ble", "hybrid", "internal", "nfc", "usb"),
};

const fault: Members<AuthenticatorFault> = {
  clientData: object({
    type: text(),
    challenge: text(),
    origin: text(),
    crossOrigin: flag,
    topOrigin: text(),
  }),
  rpId: text(),
  tamperedSignature: flag,
  userHandle: text({ mayBeEmpty: true }),
  credentialId: text(),
};

const page = { origin: text(), authenticator: object(knobs), fault: object(fault) };
const token = text({ longest: 8_192 });
const id = text({ longest: 256 });

const held: Members<HeldPasskey> = {
  credentialId: text(),
  privateKey: text({ longest: 16_384 }),
  userHandle: text({ mayBeEmpty: true }),
};

const signUp: Members<SignUpRequest> = { token, username: text(), ...page };
export const signUpShape = object(signUp, ["token"]);

const signIn: Members<SignInRequest> = {
  token,
  action: text({ longest: 64 }),
  tenantId: id,
  userId: id,
  credentialId: text(),
  credential: object(held, ["credentialId", "privateKey", "userHandle"]),
  ...page,
};
export const signInShape = object(signIn);
