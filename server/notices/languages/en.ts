/** Notices in English. */
import type { NoticeLanguage } from "./words.ts";

export const english: NoticeLanguage = {
  direction: "ltr",
  mail: {
    subjects: {
      passkey_added: (app) => `A passkey was added to your ${app} account`,
      passkey_removed: (app) => `A passkey was removed from your ${app} account`,
      authenticator_added: (app) => `A new way to confirm was added to your ${app} account`,
      new_browser: (app) => `New sign-in to your ${app} account`,
      email_changed: (app) => `The e-mail address of your ${app} account was changed`,
      recovery_began: (app) => `A recovery of your ${app} account has begun`,
      account_deleted: (app) => `Your ${app} account was deleted`,
    },
    other: (app) => `Something was changed in your ${app} account`,
    when: "When",
    what: "What",
    where: "Browser",
    on: (browser, system) => `${browser} on ${system}`,
    by: {
      user: null,
      support: "Our support team did this.",
      elsewhere: "This was not done on our own pages.",
    },
    fine: "If this was you, you do not have to do anything.",
    notMe: (also) =>
      `If this was not you, open this page. There you can sign out everywhere${also === "passkey" ? " and remove the passkey" : ""}${also === "address" ? " and get the old address back" : ""}:`,
    withoutLink: "If this was not you, sign in, look at your passkeys and sessions, and tell us.",
    deleted: "If this was not you, tell us.",
  },
  page: {
    title: "This wasn't me",
    ask: "Another person may be using your account. Sign out every browser and device. You can sign in again afterwards.",
    askWithPasskey:
      "Another person may have added a passkey to your account. Sign out every browser and device, and remove that passkey. You can sign in again afterwards.",
    askWithAddress:
      "Another person may have changed the e-mail address of your account. Sign out every browser and device, and get the old address back. You can sign in with it afterwards.",
    confirm: "Sign out everywhere",
    confirmWithPasskey: "Sign out everywhere and remove the passkey",
    confirmWithAddress: "Sign out everywhere and get the old address back",
    done: "Every browser and device is signed out.",
    doneWithPasskey: "Every browser and device is signed out, and the passkey is removed.",
    doneWithAddress:
      "Every browser and device is signed out, and the account has its old e-mail address again.",
    restored: "The account has its old e-mail address again.",
    notEnded: "Sessions could not be ended here. Tell us, so that we do it.",
    next: "Sign in and check your passkeys. If you sign in with codes by e-mail, make sure that nobody else can read your e-mail.",
    toApp: "Go to sign-in",
    invalid: "This link is too old, or it was used already.",
    unavailable: "That does not work at the moment. Nothing was changed. Try again in a few minutes.",
  },
};
