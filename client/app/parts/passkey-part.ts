/**
 * What loads with the passkey code: the other views too, so that both come as two files instead of three, one of which
 * would hold what they share.
 */
import "./lazy-views.ts";

export { createPasskeySignIn } from "../passkey-sign-in.ts";
