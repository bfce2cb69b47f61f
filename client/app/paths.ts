/** The paths of the app, and which of them a person may see. */
import { recall } from "../dom/local-storage.ts";
import { canUsePasskeys } from "../passkeys/passkey-support.ts";
import { readPendingOtp } from "./pending-otp.ts";
import type { Visit } from "./visit.ts";

/** Below `base` of the Vite config, typed as its default, and written out four times so that the build can join them. */
export const paths = {
  signIn: `${import.meta.env.BASE_URL as "/"}sign-in`,
  otp: `${import.meta.env.BASE_URL as "/"}sign-in/code`,
  offer: `${import.meta.env.BASE_URL as "/"}create-passkey`,
  account: `${import.meta.env.BASE_URL as "/"}account`,
} as const;
export type Path = (typeof paths)[keyof typeof paths];

/** History state of the sign-in path: show the email field although this device remembers an account. */
export const otherAccount = "other account";

/** Whether a signed-in person is meant: without a session the path leads to sign-in. */
export function isForSignedIn(path: string): boolean {
  return path === paths.account || path === paths.offer;
}

/** The account that the sign-in path greets, or null: it shows the email field. */
export function greetedAccount(): string | null {
  return history.state === otherAccount ? null : recall("account");
}

/** The path to show for a wanted one. Unknown paths lead to the account or to sign-in. */
export function allowedPath(wanted: string, { user, isOfferOver }: Visit): Path {
  if (user !== null)
    return wanted === paths.offer && canUsePasskeys() && !isOfferOver ? wanted : paths.account;
  return wanted === paths.otp && readPendingOtp(history.state) !== null ? paths.otp : paths.signIn;
}
