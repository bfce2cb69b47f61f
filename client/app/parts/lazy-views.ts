/** Every view but the first, as one chunk: loaded while the first view is idle. */

import { ignoreSecondClicks } from "../../dom/double-click.ts";
import { type IdleWarningDeps, warnWhenIdle } from "../idle-warning.ts";
import { type LanguageSwitchDeps, mountLanguageSwitch } from "../language-switch.ts";

export { accountScreen } from "../../views/account/account-screen.ts";
export { enrollOfferScreen } from "../../views/enroll-offer/enroll-offer-screen.ts";
export { otpScreen } from "../../views/otp/otp-screen.ts";
export { welcomeBackScreen } from "../../views/welcome-back/welcome-back-screen.ts";
export { watchSession } from "../session-watch.ts";
export { applyLazyStyles } from "./lazy-styles.ts";

/** What stays on the page beside the views until `signal` aborts. */
export function mountBeside(deps: LanguageSwitchDeps & IdleWarningDeps): void {
  sendToLocalhost();
  mountLanguageSwitch(deps);
  ignoreSecondClicks(deps.signal);
  warnWhenIdle(deps);
}

/** Passkeys do not work on an IP address; on the developer's own machine the same page is at localhost. */
function sendToLocalhost(): void {
  if (location.hostname !== "127.0.0.1" && location.hostname !== "[::1]") return;
  const there = new URL(location.href);
  there.hostname = "localhost";
  location.replace(there);
}
