/** The words of the mails, in English and German. Another language is another member of `languages`. */
import type { Notice, NoticeCause } from "../passkeys/ports/notices.ts";

export interface NoticeText {
  readonly subject: string;
  readonly text: string;
}

/** What the link of a notice undoes, besides the sessions. */
type Undoing = "passkey" | "address" | null;

interface Words {
  /** The subject, which is also the first sentence. `app` is the name of the app. */
  readonly subjects: Readonly<Record<string, (app: string) => string>>;
  readonly other: (app: string) => string;
  readonly when: string;
  readonly what: string;
  readonly where: string;
  readonly on: (browser: string, system: string) => string;
  readonly by: Readonly<Record<NoticeCause, string | null>>;
  readonly fine: string;
  /** What the page of the link does. */
  readonly notMe: (also: Undoing) => string;
  readonly withoutLink: string;
}

const english: Words = {
  subjects: {
    passkey_added: (app) => `A passkey was added to your ${app} account`,
    passkey_removed: (app) => `A passkey was removed from your ${app} account`,
    authenticator_added: (app) => `A new way to confirm was added to your ${app} account`,
    new_browser: (app) => `New sign-in to your ${app} account`,
    email_changed: (app) => `The e-mail address of your ${app} account was changed`,
    recovery_began: (app) => `A recovery of your ${app} account has begun`,
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
};

const german: Words = {
  subjects: {
    passkey_added: (app) => `Ein Passkey wurde zu Ihrem Konto bei ${app} hinzugefügt`,
    passkey_removed: (app) => `Ein Passkey wurde aus Ihrem Konto bei ${app} entfernt`,
    authenticator_added: (app) => `Ihr Konto bei ${app} hat eine neue Art der Bestätigung`,
    new_browser: (app) => `Neue Anmeldung bei Ihrem Konto bei ${app}`,
    email_changed: (app) => `Die E-Mail-Adresse Ihres Kontos bei ${app} wurde geändert`,
    recovery_began: (app) => `Die Wiederherstellung Ihres Kontos bei ${app} hat begonnen`,
  },
  other: (app) => `An Ihrem Konto bei ${app} wurde etwas geändert`,
  when: "Wann",
  what: "Was",
  where: "Browser",
  on: (browser, system) => `${browser} unter ${system}`,
  by: {
    user: null,
    support: "Das hat unser Kundendienst getan.",
    elsewhere: "Das geschah nicht auf unseren eigenen Seiten.",
  },
  fine: "Waren Sie das selbst? Dann müssen Sie nichts tun.",
  notMe: (also) =>
    `Waren Sie das nicht? Dann öffnen Sie diese Seite. Dort können Sie sich überall abmelden${also === "passkey" ? " und den Passkey entfernen" : ""}${also === "address" ? " und die alte Adresse zurückholen" : ""}:`,
  withoutLink:
    "Waren Sie das nicht? Dann melden Sie sich an, prüfen Sie Ihre Passkeys und Sitzungen, und sagen Sie uns Bescheid.",
};

const languages: Readonly<Record<string, Words>> = { en: english, de: german };

function undoneBy({ kind, restoresAddress }: Notice): Undoing {
  if (restoresAddress === true) return "address";
  return kind === "passkey_added" ? "passkey" : null;
}

/** @param timeZone of the time in the text, such as `Europe/Vienna` */
export function noticeText(notice: Notice, app: string, timeZone: string): NoticeText {
  const [language = ""] = (notice.locale ?? "").toLowerCase().split("-");
  const words = Object.hasOwn(languages, language) ? (languages[language] ?? english) : english;
  const locale = words === english ? "en-GB" : wellFormed(notice.locale ?? "", language);
  const subjectOf = Object.hasOwn(words.subjects, notice.kind) ? words.subjects[notice.kind] : undefined;
  const subject = (subjectOf ?? words.other)(app);
  const what = harmless(notice.subject);
  const facts = [
    `${words.when}: ${timeIn(notice.at, locale, timeZone)}`,
    ...(what === null ? [] : [`${words.what}: ${what}`]),
    ...(agentOf(notice, words) ?? []),
  ];
  const also = undoneBy(notice);
  const notMe = notice.notMeUrl === null ? [words.withoutLink] : [words.notMe(also), notice.notMeUrl];
  const paragraphs = [`${subject}.`, facts.join("\n"), words.by[notice.by], words.fine, notMe.join("\n")];
  return { subject, text: `${paragraphs.filter((one) => one !== null).join("\n\n")}\n` };
}

function agentOf({ browser, system }: Notice, { where, on }: Words): readonly string[] | null {
  if (browser !== null && system !== null) return [`${where}: ${on(browser, system)}`];
  const known = browser ?? system;
  return known === null ? null : [`${where}: ${known}`];
}

function timeIn(at: Date, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "long", timeZone }).format(at);
}

/** The locale, or its language alone if the rest is malformed: an intruder's browser could keep the mail away with it. */
function wellFormed(locale: string, language: string): string {
  try {
    return new Intl.Locale(locale).baseName;
  } catch {
    return language;
  }
}

/**
 * An intruder may have named the passkey. Mail programs make links of addresses and numbers, so a name that could be one
 * is not told.
 */
function harmless(name: string | null): string | null {
  return name !== null && /^[\p{L}\p{N} ()'_-]{1,64}$/u.test(name) && !/\d{4}/.test(name) ? name : null;
}
