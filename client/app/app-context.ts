/** What every screen gets: the API, the passkey part, who is signed in, and the ways from view to view. */
import type { SignedInResponse, User } from "../../shared/contract.ts";
import type { Api } from "../api/api.ts";
import type { MessageKey } from "../words/messages.ts";
import type { PasskeySignIn } from "./passkey-sign-in.ts";

export const paths = {
  signIn: "/sign-in",
  otp: "/sign-in/code",
  offer: "/create-passkey",
  account: "/account",
} as const;
export type Path = (typeof paths)[keyof typeof paths];

/** The state of a sign-in view that asks who is there, although this device remembers somebody. */
export const otherAccount = "other account";

/** What lives longer than a view and shorter than the page. */
export interface Visit {
  user: User | null;
  typedEmail: string;
  signInNotice: MessageKey | null;
  accountNotice: MessageKey | null;
  /** The offer was left: Forward does not bring it back, because nobody is asked twice in a session. */
  isOfferOver: boolean;
}

export interface AppContext {
  readonly api: Api;
  readonly visit: Visit;
  /** Loads the passkey part if it is not here yet. Rejects with an ApiError when it cannot be had. */
  passkeys(): Promise<PasskeySignIn>;
  go(path: Path, options?: { readonly replace?: boolean; readonly state?: unknown }): Promise<void>;
  /** From a finished sign-in to the account, by way of the offer where that is due. */
  enter(signedIn: SignedInResponse, how: "code" | "passkey" | "cross-device passkey"): Promise<void>;
  signedOut(): void;
  /** Asks the server, and has the page follow when it is somebody else, or nobody. */
  askUser(): Promise<User | null>;
  /** A session that ended elsewhere leads back to signing in, with a sentence, not to an error. */
  orSignIn<Answer>(call: Promise<Answer>): Promise<Answer>;
}
