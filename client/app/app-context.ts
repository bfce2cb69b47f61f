/** What screens get from the app: the API, the state of the visit, and the ways to other views. */
import type { User } from "../../shared/contract.ts";
import type { Api } from "../http/api.ts";
import type { EnterDeps } from "./enter.ts";
import type { PasskeySignIn } from "./passkey-sign-in.ts";

export interface FirstContext extends Pick<EnterDeps, "visit" | "go"> {
  readonly api: Api;
  /** Loads the passkey code at the first call. Rejects with an ApiError if it cannot be loaded. */
  passkeys(): Promise<PasskeySignIn>;
}

/** With what loads beside the first view (session-watch.ts). */
export interface AppContext extends FirstContext, EnterDeps {
  /** Asks the server who is signed in. If that changed, the page shows the view for it. */
  askUser(): Promise<User | null>;
  /** Passes the answer of an API call on. If the session has ended, shows the sign-in view with a notice as well. */
  orSignIn<Answer>(call: Promise<Answer>): Promise<Answer>;
}
