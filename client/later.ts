/** Everything that the first view does not need, in one piece: loaded while the first view is idle. */

export { canCreatePasskeyHere } from "./capabilities.ts";
export { mountLanguageSwitch } from "./language-switch.ts";
export { applyLaterStyles } from "./later-styles.ts";
export { accountScreen } from "./screens/account-screen.ts";
export { enrollOfferScreen } from "./screens/enroll-offer-screen.ts";
export { otpScreen } from "./screens/otp-screen.ts";
