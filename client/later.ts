/** Everything that the first view does not need, in one piece: loaded while the first view is idle. */

import { type LanguageSwitchDeps, mountLanguageSwitch } from "./language-switch.ts";
import { ignoreStrayClicks } from "./stray-clicks.ts";

export { applyLaterStyles } from "./later-styles.ts";
export { accountScreen } from "./screens/account-screen.ts";
export { canOfferPasskeyHere, enrollOfferScreen } from "./screens/enroll-offer-screen.ts";
export { otpScreen } from "./screens/otp-screen.ts";
export { welcomeBackScreen } from "./screens/welcome-back-screen.ts";

/** What stays beside the views for as long as the page lives. */
export function mountBeside(deps: LanguageSwitchDeps): void {
  mountLanguageSwitch(deps);
  ignoreStrayClicks(deps.signal);
}
