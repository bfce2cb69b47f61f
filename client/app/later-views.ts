/** Everything that the first view does not need, in one piece: loaded while the first view is idle. */

import { ignoreStrayClicks } from "../dom/stray-clicks.ts";
import { type LanguageSwitchDeps, mountLanguageSwitch } from "./language-switch.ts";

export { accountScreen } from "../views/account/account-screen.ts";
export { canOfferPasskeyHere, enrollOfferScreen } from "../views/enroll-offer/enroll-offer-screen.ts";
export { otpScreen } from "../views/otp/otp-screen.ts";
export { welcomeBackScreen } from "../views/welcome-back/welcome-back-screen.ts";
export { applyLaterStyles } from "./later-styles.ts";

/** What stays beside the views for as long as the page lives. */
export function mountBeside(deps: LanguageSwitchDeps): void {
  mountLanguageSwitch(deps);
  ignoreStrayClicks(deps.signal);
}
