/**
 * needs:    nothing.
 * does:     holds every word that a person can read, in English. A further language is a file
 *           `messages.<language>.ts` that exports a `Messages` object, plus its line in language.ts.
 * must not: contain markup. `{name}` stands for a value; an object with `one` and `other` is chosen by `{count}`.
 *
 * The words: "passkey" is a common noun in lower case, tied to "fingerprint, face or screen lock"; the same words
 * before and after the device's own dialog; nobody is blamed for a cancel.
 */
export type Message = string | { readonly one: string; readonly other: string };

export const messages = {
  "app.name": "Meadow",
  "app.title": "{view} · Meadow",
  "app.skip": "Skip to content",

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

  "otp.title": "Check your email",
  "otp.sentTo": "We sent a code to {email}.",
  "otp.lifetime": {
    one: "The code works for one minute.",
    other: "The code works for {count} minutes.",
  },
  "otp.code": "Code",
  "otp.continue": "Continue",
  "otp.resend": "Send a new code",
  "otp.resendIn": {
    one: "You can ask for a new code in one second.",
    other: "You can ask for a new code in {count} seconds.",
  },
  "otp.resent": "We sent you a new code. Only the newest code works.",
  "otp.otherAddress": "Use another address",
  "otp.codeMissing": "Enter the code from the email.",
  "otp.codeMalformed": "A code has 6 digits.",
  "otp.checking": "Checking the code…",
  "otp.incorrect": "That is not the code we sent.",
  "otp.attemptsLeft": {
    one: "That is not the code we sent. You can try once more.",
    other: "That is not the code we sent. You can try {count} more times.",
  },

  "offer.title": "Create a passkey?",
  "offer.lead": "Next time, sign in with your fingerprint, face or screen lock. No waiting for a code.",
  "offer.fast": "Signs you in within seconds",
  "offer.safe": "Works only on this site, so nobody can trick you out of it",
  "offer.private": "Your fingerprint and face never leave your device",
  "offer.shared": "Anyone who can unlock this device will be able to sign in. Skip this on a shared device.",
  "offer.create": "Create a passkey",
  "offer.skip": "Not now",
  "offer.created": "Passkey created. Next time you can sign in with it.",
  "offer.notCreated": "Not created. You can do it later in your account.",

  "about.what": "What are passkeys?",
  "about.whatText":
    "A passkey replaces a password. Your device keeps it and uses it only after you unlock the device, with your fingerprint, face or screen lock. There is nothing to remember, and nothing that can be stolen from us.",
  "about.where": "Where are passkeys saved?",
  "about.whereText":
    "In the password manager of your device, for example Apple Passwords, Google Password Manager or Windows Hello, or in one that you installed. Most of them bring your passkeys to all your devices. A security key keeps them on the key itself.",

  "account.title": "Your account",
  "account.signedInAs": "Signed in as {email}",
  "account.signOut": "Sign out",
  "account.passkeys": "Passkeys",
  "account.passkeysLead": "Sign in with your fingerprint, face or screen lock.",
  "account.empty": "You have no passkeys yet.",
  "account.emptyText": "Create one on this device, and the next sign-in takes a moment.",
  "account.add": "Add a passkey",
  "account.unsupported": "This browser cannot create passkeys. You can sign in with your email address.",
  "account.loadFailed": "Your passkeys could not be loaded.",
  "account.retry": "Try again",

  "passkey.created": "Created {when}",
  "passkey.lastUsed": "Last used {when}",
  "passkey.neverUsed": "Not used yet",

  "time.now": "just now",

  "failure.cancelled": "No passkey used. Try again, or continue with email.",
  "failure.notCreated": "Not created. You can do it later in your account.",
  "failure.alreadyRegistered": "This device already has a passkey for you.",
  "failure.misconfigured": "Passkeys are not set up for this address. Continue with email.",
  "failure.misconfiguredCreate": "Passkeys are not set up for this address.",
  "failure.unsupported": "This device cannot use passkeys. Continue with email.",
  "failure.unsupportedCreate": "This device cannot create passkeys. You can keep signing in with email.",
  "failure.busy": "Another passkey request is open. Close it and try again, or continue with email.",
  "failure.busyCreate": "Another passkey request is open. Close it and try again.",
  "failure.authenticatorFailed": "Your device could not finish. Try again, or continue with email.",
  "failure.authenticatorFailedCreate": "Your device could not finish. Try again.",
  "failure.expired": "That took too long. Try again.",
  "failure.unknownCredential": "This passkey was removed from your account. Continue with email.",
  "failure.refused": "This passkey was not accepted. Try again, or continue with email.",
  "failure.refusedCreate": "The passkey could not be saved. Try again.",
  "failure.rateLimited": "Too many tries. Wait a moment, then try again.",
  "failure.unreachable": "Cannot reach the sign-in service. Check your connection and try again.",

  "problem.internal": "Something went wrong on our side. Try again. If it stays, quote {requestId}.",
  "problem.notAuthenticated": "You have been signed out. Sign in again to go on.",
  "problem.otpNotRequested": "This code was used already, or was asked for elsewhere. Ask for a new one.",
  "problem.otpExpired": "This code is too old. Ask for a new one.",
  "problem.otpAttemptsExceeded": "Too many wrong codes. Ask for a new one.",
  "problem.rateLimited": {
    one: "Too many tries. Wait one second, then try again.",
    other: "Too many tries. Wait {count} seconds, then try again.",
  },
  "problem.stepUpRequired": "It has been a while. Sign out and in again to do this.",
  "problem.passkeyNotFound": "This passkey is not in your account any more.",
  "problem.passkeyLimitReached": "You have as many passkeys as an account can have. Delete one first.",
  "problem.rejected": "This page is out of date. Reload it and try again.",
} as const satisfies Record<string, Message>;

export type MessageKey = keyof typeof messages;
export type Messages = Readonly<Record<MessageKey, Message>>;
