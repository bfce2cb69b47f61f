/**
 * The words of the first view, in English.
 *
 * "passkey" is a common noun in lower case, explained by "fingerprint, face or screen lock". The words before and after
 * the device's own dialog are the same. A cancel is not called an error.
 */
export const first = {
  "app.title": "{view} · Meadow",
  "app.direction": "ltr",

  "signIn.title": "Sign in",
  "signIn.heading": "Sign in to Meadow",
  "signIn.lead": "No password needed. Use a passkey, or get a code by email.",
  "signIn.email": "Email address",
  "signIn.continue": "Continue",
  "signIn.or": "or",
  "signIn.passkey": "Sign in with a passkey",
  "signIn.emailMissing": "Enter your email address.",
  "signIn.emailMalformed": "Enter an email address like name@example.com.",
  "signIn.sending": "Sending you a code…",
  "signIn.unsupported": "This browser cannot use passkeys. Sign in with your email address.",
  "signIn.elsewhere": "This browser cannot use passkeys. Sign in where you have yours.",

  "ceremony.waiting": "Waiting for your device…",
  "ceremony.cancel": "Cancel",

  "problem.unreachable": "Cannot reach the sign-in service. Check your connection and try again.",

  "problem.internal_error":
    "Something went wrong on our side. Try again. If it keeps happening, quote {requestId}.",
  "problem.rate_limited": "Too many tries. Wait {time}, then try again.",
  "problem.rejected": "Something is wrong with this page. Reload it and try again.",
} as const;
