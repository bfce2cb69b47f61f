/**
 * What the emulator uses of the library that verifies ceremonies, as one module: two imports at once hang Jest's loader of
 * ES modules, and the bundled entries ran the library's parts in an order in which it refuses to start.
 */
export { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
export {
  decodeAttestationObject,
  decodeCredentialPublicKey,
  isoBase64URL,
  isoCBOR,
} from "@simplewebauthn/server/helpers";
