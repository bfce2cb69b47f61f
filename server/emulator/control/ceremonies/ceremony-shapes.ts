/** The shapes of ceremonies that the control plane performs. */
import type {
  AuthenticatorFault,
  AuthenticatorKnobs,
  HeldPasskey,
} from "../../authenticator/authenticator.ts";
import {
  choice,
  flag,
  type Members,
  number,
  type ObjectShape,
  object,
  text,
  uuid,
} from "../../wire/shape.ts";
import { invalidRequest } from "../../wire/wire-error.ts";
import type { SignInRequest, SignUpFault, SignUpRequest } from "./ceremonies.ts";

const signInKnobs: Members<Omit<AuthenticatorKnobs, "algorithm" | "aaguid">> = {
  isUserVerified: flag,
  isUserPresent: flag,
  backupEligibility: flag,
  backupState: flag,
  signCount: number({ most: 2 ** 32 - 1, whole: true }),
  transport: choice("ble", "hybrid", "internal", "nfc", "usb"),
};

const signUpKnobs: Members<AuthenticatorKnobs> = {
  algorithm: choice("ES256", "RS256", "EdDSA"),
  aaguid: uuid,
  ...signInKnobs,
};

const signUpFault: Members<SignUpFault> = {
  clientData: object({
    type: text(),
    challenge: text(),
    origin: text(),
    crossOrigin: flag,
    topOrigin: text(),
  }),
  rpId: text(),
  credentialId: text(),
};

const signInFault: Members<AuthenticatorFault> = {
  ...signUpFault,
  tamperedSignature: flag,
  userHandle: text({ mayBeEmpty: true }),
};

const token = text({ longest: 8_192 });
const id = text({ longest: 256 });

const held: Members<HeldPasskey> = {
  credentialId: text(),
  privateKey: text({ longest: 16_384 }),
  userHandle: text({ mayBeEmpty: true }),
};

const signUp: Members<SignUpRequest> = {
  token,
  username: text(),
  origin: text(),
  authenticator: object(signUpKnobs),
  fault: object(signUpFault),
};
export const signUpShape = object(signUp, ["token"]);

const signIn: Members<SignInRequest> = {
  token,
  action: text({ longest: 64 }),
  tenantId: id,
  userId: id,
  credentialId: text(),
  credential: object(held, ["credentialId", "privateKey", "userHandle"]),
  origin: text(),
  authenticator: object(signInKnobs),
  fault: object(signInFault),
};
const signInMembers = object(signIn);
export const signInShape: ObjectShape = {
  ...signInMembers,
  check(value, where) {
    signInMembers.check(value, where);
    const { token, action, credential, credentialId } = value as SignInRequest;
    if ((token == null) === (action == null))
      throw invalidRequest("Write either token, of a step-up, or action, of a sign-in.");
    if (credential != null && credentialId != null)
      throw invalidRequest("Write either credential, or credentialId of one that the emulator holds.");
  },
};
