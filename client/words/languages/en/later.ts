/** The words of all other views and of failed ceremonies, in English. */
import { account } from "./account.ts";

export const later = {
  "app.language": "Language",

  "welcome.title": "Welcome back",
  "welcome.otherAccount": "Use a different account",
  "welcome.forget": "Forget me on this device",
  "welcome.otherPerson": "You used a passkey of another account, and are signed in to that one.",
  "welcome.forgotten": "This device has forgotten {email}.",

  "signIn.emailAccents": "Before the @, an address can have letters without accents only.",
  "signIn.otherDevice": "Use a phone or a security key",
  "signIn.signedOut": "You are signed out.",
  "signIn.sessionEnded": "You have been signed out. Sign in again to go on.",
  "signIn.sessionNotKept":
    "This browser does not keep you signed in. Allow cookies for this site, then sign in again.",

  "ceremony.finishing": "Signing you in…",
  "ceremony.confirming": "Confirming…",
  "ceremony.saving": "Saving your passkey…",

  "otp.title": "Check your email",
  "otp.sentTo": "We sent a code to {email}.",
  "otp.lifetime": {
    one: "The code works for one minute.",
    other: "The code works for {count} minutes.",
  },
  "otp.expired": "The code is too old now. Send a new one.",
  "otp.code": "Code",
  "otp.continue": "Continue",
  "otp.resend": "Send a new code",
  "otp.resent": "We sent you a new code. Only the newest code works.",
  "otp.otherAddress": "Use another address",
  "otp.codeMissing": "Enter the code from the email.",
  "otp.codeMalformed": "A code has 6 to 8 digits.",
  "otp.checking": "Checking the code…",
  "problem.otp_incorrect": "That is not the code we sent.",
  "otp.attemptsLeft": {
    one: "That is not the code we sent. You can try once more.",
    other: "That is not the code we sent. You can try {count} more times.",
  },

  "offer.title": "Create a passkey?",
  "offer.lead": "Next time, sign in within seconds, with your fingerprint, face or screen lock.",
  "offer.titleHere": "Create a passkey on this device?",
  "offer.leadHere":
    "You signed in with a passkey from another device. With a passkey on this device, you do not need the other one.",
  "offer.fast": "Signs you in within seconds",
  "offer.safe": "Works only on this site, so a fake site cannot use it",
  "offer.private": "Your fingerprint and face never leave your device",
  "offer.shared": "Anyone who can unlock this device will be able to sign in. Skip this on a shared device.",
  "offer.create": "Create a passkey",
  "offer.tooLate": "That offer has expired. You can add a passkey here at any time.",
  "offer.more": "Why a passkey?",
  "offer.skip": "Not now",
  "offer.never": "Don’t ask again",
  "offer.created": "Passkey created. Next time you can sign in with it.",

  "about.title": "About passkeys",
  "about.what": "What are passkeys?",
  "about.whatText":
    "A passkey replaces a password. Your device keeps it and uses it only after you unlock the device, with your fingerprint, face or screen lock. You have nothing to remember, and our servers store no secret that could be stolen.",
  "about.where": "Where are passkeys saved?",
  "about.whereText":
    "In the password manager of your device, for example Apple Passwords, Google Password Manager or Windows Hello, or in one that you installed. Most of them bring your passkeys to all your devices. A security key keeps them on the key itself.",

  ...account,

  "idle.title": "Are you still there?",
  "idle.lead": {
    one: "You have done nothing here for a while, and will be signed out in one minute.",
    other: "You have done nothing here for a while, and will be signed out in {count} minutes.",
  },
  "idle.stay": "Stay signed in",

  "dialog.close": "Close",
  "add.title": "Add a passkey",
  "add.lead": "Where should the new passkey be saved?",
  "add.here": "This device",
  "add.hereText": "Unlock with your fingerprint, face or screen lock.",
  "add.securityKey": "Security key",
  "add.securityKeyText": "A key that you plug in or hold to your phone.",

  "delete.title": "Delete passkey “{name}”?",
  "delete.lead": "You will no longer be able to sign in with this passkey.",
  "delete.leadLast":
    "This is your only passkey. Without it, you sign in with a code by email, which takes longer and can be phished.",
  "delete.leadOnlyWay": "This is your only passkey. Without it, you cannot sign in on this page.",
  "delete.copy":
    "Your password manager may keep a copy that no longer works. To remove it there too, open the passwords of your device or browser, search for this site, and delete the passkey.",
  "delete.copyIn":
    "{provider} may keep a copy that no longer works. To remove it there too, open {place}, search for this site, and delete the passkey.",
  "delete.confirm": "Delete passkey",

  "place.apple": "the Passwords app (or Settings › Passwords)",
  "place.google": "passwords.google.com (or Settings › Google › Password Manager)",
  "place.windows": "Settings › Accounts › Passkeys",
  "place.chrome": "chrome://password-manager",
  "place.app": "{provider}",

  "stepUp.title": "Confirm it is you",
  "stepUp.lead": "You signed in as {email} a while ago. Confirm it is you to continue.",
  "stepUp.leadLimited": "You signed in as {email} with a code. Confirm with your passkey to continue.",
  "stepUp.passkey": "Use your passkey",
  "stepUp.email": "Email me a code",
  "stepUp.noMethod": "To do this, sign out and sign in again.",

  "failure.cancelled": "No passkey used. Try again, or continue with email.",
  "failure.cancelledAlone": "No passkey used. Try again.",
  "failure.noneHere": "No passkey used. Continue with email, or use a phone or a security key.",
  "failure.noneHereAlone": "No passkey used. You can use a phone or a security key.",
  "failure.misconfigured": "Passkeys are not set up for this website address. Continue with email.",
  "failure.unsupported": "This device cannot use passkeys. Continue with email.",
  "failure.busy": "Another passkey request is open. Close it and try again, or continue with email.",
  "failure.authenticatorFailed": "Your device could not finish. Try again, or continue with email.",
  "problem.challenge_expired": "That took too long. Try again.",
  "failure.unknownCredential": "This passkey was removed from your account. Continue with email.",
  "failure.refused": "This passkey was not accepted. Try again, or continue with email.",
  "failure.notCreated": "Not created. You can do it later in your account.",
  "failure.alreadyRegistered": "This device already has a passkey for you.",
  "failure.alreadyRegisteredOnKey": "This security key already has a passkey for you.",
  "failure.misconfiguredCreate": "Passkeys are not set up for this website address.",
  "failure.unsupportedCreate": "This device cannot create passkeys.",
  "failure.unsupportedOnKey": "This security key cannot store passkeys. Try another one, or use this device.",
  "failure.busyCreate": "Another passkey request is open. Close it and try again.",
  "failure.authenticatorFailedCreate": "Your device could not finish. Try again.",
  "failure.refusedCreate": "The passkey could not be saved. Try again.",
  "failure.notConfirmed": "Not confirmed. Try again.",
  "failure.unsupportedAlone": "This device cannot use passkeys.",
  "failure.unknownCredentialAlone": "This passkey was removed from your account. Use another one.",
  "problem.challenge_failed": "This passkey was not accepted. Try again.",

  "problem.not_authenticated": "You have been signed out. Sign in again to go on.",
  "problem.otp_not_requested":
    "This code was used already, or was asked for in another browser. Ask for a new one. If that does not help, allow cookies for this site.",
  "problem.sign_in_not_begun":
    "This sign-in was not begun in this browser. Reload the page and try again. If that does not help, allow cookies for this site.",
  "problem.otp_expired": "This code is too old. Ask for a new one.",
  "problem.otp_attempts_exceeded": "Too many wrong codes. Ask for a new one.",
  "problem.passkey_required": "This needs a passkey. Create one in your account, then try again.",
  "problem.no_account": "You cannot sign in here with this email address. Use another one.",
  "problem.email_taken": "Another account uses this email address. Use another one.",
  "problem.step_up_required": "You signed in a while ago. Confirm it is you, then try again.",
  "problem.limited_session":
    "You signed in with a code. Confirm with your passkey to do this, or begin recovery if you have lost it.",
  "problem.recovery_not_needed": "You can do this without a recovery.",
  "problem.recovery_not_found": "No recovery is under way any more.",
  "problem.session_not_found": "That session has ended already.",
  "problem.passkey_not_found": "This passkey is not in your account any more.",
  "problem.passkey_limit_reached": "You have as many passkeys as an account can have. Delete one first.",
  "problem.tenant_misconfigured":
    "Passkeys cannot be used for this at the moment. Trying again does not help: tell the people who run this site, and quote {requestId}.",

  "time.now": "just now",
} as const;
