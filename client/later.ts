/** Everything that the first view does not need, in one piece: loaded while the first view is idle. */

export { mountLanguageSwitch } from "./language-switch.ts";
export { applyLaterStyles } from "./later-styles.ts";
export { accountScreen } from "./screens/account-screen.ts";
export { canOfferPasskeyHere, enrollOfferScreen } from "./screens/enroll-offer-screen.ts";
export { otpScreen } from "./screens/otp-screen.ts";
