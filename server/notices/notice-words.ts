/** Composes the mail of a notice, in the language of its person. */
import type { Notice } from "../passkeys/ports/notices.ts";
import { chooseLanguage } from "./languages/languages.ts";
import type { MailWords, Undoing } from "./languages/words.ts";

export interface NoticeText {
  readonly subject: string;
  readonly text: string;
}

function undoneBy({ kind, restoresAddress }: Notice): Undoing {
  if (restoresAddress === true) return "address";
  return kind === "passkey_added" ? "passkey" : null;
}

/** @param timeZone of the time in the text, such as `Europe/Vienna` */
export function noticeText(notice: Notice, app: string, timeZone: string): NoticeText {
  const chosen = chooseLanguage(notice.locale === null ? [] : [notice.locale]);
  const words = chosen.words.mail;
  // The day before the month, also for an American: English stands for every language without words.
  const locale = chosen.code === "en" ? "en-GB" : wellFormed(notice.locale ?? "", chosen.code);
  const subjectOf = Object.hasOwn(words.subjects, notice.kind) ? words.subjects[notice.kind] : undefined;
  const embed = chosen.words.direction === "rtl" ? isolated : (text: string) => text;
  const subject = (subjectOf ?? words.other)(embed(app));
  const what = harmless(notice.subject);
  const facts = [
    `${words.when}: ${timeIn(notice.at, locale, timeZone)}`,
    ...(what === null ? [] : [`${words.what}: ${embed(what)}`]),
    ...(agentOf(notice, words, embed) ?? []),
  ];
  const also = undoneBy(notice);
  const withoutLink = notice.kind === "account_deleted" ? words.deleted : words.withoutLink;
  const notMe = notice.notMeUrl === null ? [withoutLink] : [words.notMe(also), notice.notMeUrl];
  const paragraphs = [`${subject}.`, facts.join("\n"), words.by[notice.by], words.fine, notMe.join("\n")];
  return { subject, text: `${paragraphs.filter((one) => one !== null).join("\n\n")}\n` };
}

type Embed = (text: string) => string;

function agentOf(
  { browser, system }: Notice,
  { where, on }: MailWords,
  embed: Embed,
): readonly string[] | null {
  if (browser !== null && system !== null) return [`${where}: ${on(embed(browser), embed(system))}`];
  const known = browser ?? system;
  return known === null ? null : [`${where}: ${embed(known)}`];
}

/** Between FSI and PDI: "Phone (2)" keeps its brackets in order inside Arabic, where plain text has no markup for it. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
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
