/**
 * The words of the first view and of every failure, in English.
 *
 * "passkey" is a common noun in lower case, tied to "fingerprint, face or screen lock"; the same words before and
 * after the device's own dialog; nobody is blamed for a cancel.
 */
export const first = {
  "app.title": "{view} · Meadow",
  "app.language": "Language",

  "signIn.title": "Sign in",
  "signIn.lead": "No password needed. Use a passkey, or get a code by email.",
  "signIn.email": "Email address",
  "signIn.continue": "Continue",
  "signIn.or": "or",
  "signIn.passkey": "Sign in with a passkey",
  "signIn.emailMissing": "Enter your email address.",
  "signIn.emailMalformed": "Enter an email address like name@example.com.",
  "signIn.sending": "Sending you a code…",
  "signIn.unsupported": "This browser cannot use passkeys. Sign in with your email address.",
  "signIn.signedOut": "You are signed out.",
  "signIn.sessionEnded": "You have been signed out. Sign in again to go on.",

  "ceremony.waiting": "Waiting for your device…",
  "ceremony.cancel": "Cancel",
  "ceremony.finishing": "Signing you in…",

  "failure.cancelled": "No passkey used. Try again, or continue with email.",
  "failure.misconfigured": "Passkeys are not set up for this address. Continue with email.",
  "failure.unsupported": "This device cannot use passkeys. Continue with email.",
  "failure.busy": "Another passkey request is open. Close it and try again, or continue with email.",
  "failure.authenticatorFailed": "Your device could not finish. Try again, or continue with email.",
  "failure.expired": "That took too long. Try again.",
  "failure.unknownCredential": "This passkey was removed from your account. Continue with email.",
  "failure.refused": "This passkey was not accepted. Try again, or continue with email.",
  "failure.unreachable": "Cannot reach the sign-in service. Check your connection and try again.",

  "problem.internal": "Something went wrong on our side. Try again. If it stays, quote {requestId}.",
  "problem.rateLimited": {
    one: "Too many tries. Wait one second, then try again.",
    other: "Too many tries. Wait {count} seconds, then try again.",
  },
  "problem.rejected": "This page is out of date. Reload it and try again.",
} as const;
