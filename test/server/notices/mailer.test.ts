/** Notices as mails: what is sent to a mail server, and in which words. */
import { afterEach, expect, test } from "vitest";
import { languages } from "../../../server/notices/languages/languages.ts";
import { createMailer } from "../../../server/notices/mailer.ts";
import { noticeText } from "../../../server/notices/notice-words.ts";
import type { Notice } from "../../../server/passkeys/ports/notices.ts";
import { type MailCatcher, startMailCatcher } from "./mail-catcher.ts";

let catcher: MailCatcher | undefined;
afterEach(() => catcher?.close());

function notice(changes: Partial<Notice> = {}): Notice {
  return {
    id: "notice-1",
    kind: "passkey_added",
    userId: "ann",
    to: "ann@example.com",
    at: new Date("2026-03-01T10:20:30Z"),
    by: "user",
    subject: "iCloud Keychain",
    browser: "Firefox",
    system: "Windows",
    locale: null,
    notMeUrl: "https://app.example.com/auth/not-me?token=t",
    ...changes,
  };
}

const from = "Example <no-reply@example.com>";
const textOf = (changes: Partial<Notice> = {}) => noticeText(notice(changes), "Example", "UTC").text;

test("a notice is a mail to one mailbox that says what happened, when, in which browser, and what to do", async () => {
  catcher = await startMailCatcher("takes");
  const send = await createMailer({ url: catcher.url, from, appName: "Example" });
  await send(notice());
  const heard = catcher.heard().replaceAll("=\r\n", "");
  for (const text of [
    "RCPT TO:<ann@example.com>",
    "Message-ID: <notice-1@example.com>",
    "Auto-Submitted: auto-generated",
    "Subject: A passkey was added to your Example account",
    "When: 1 March 2026 at 10:20:30 UTC",
    "What: iCloud Keychain",
    "Browser: Firefox on Windows",
    "https://app.example.com/auth/not-me?token=3Dt",
  ])
    expect(heard).toContain(text);
});

test("an address that looks like two is one recipient, or none", async () => {
  catcher = await startMailCatcher("takes");
  const send = await createMailer({ url: catcher.url, from });
  await send(notice({ to: "ann@example.com, eve@evil.example" })).catch(() => {});
  expect(catcher.heard()).not.toContain("RCPT TO:<eve@evil.example>");
});

test("a mail server that refuses a recipient makes the try fail", async () => {
  catcher = await startMailCatcher("refuses");
  const send = await createMailer({ url: catcher.url, from });
  await expect(send(notice())).rejects.toThrow();
});

test.each([
  ["de-AT", "Ein Passkey wurde zu Ihrem Konto bei Example hinzugefügt."],
  ["en-US", "A passkey was added to your Example account."],
  ["fr-CH", "Une clé d’accès a été ajoutée à votre compte Example."],
  ["es", "Se ha añadido una llave de acceso a su cuenta de Example."],
  ["ar-EG", "أُضيف مفتاح مرور إلى حسابك في \u2068Example\u2069."],
  ["pt", "A passkey was added to your Example account."],
  ["constructor", "A passkey was added to your Example account."],
  [null, "A passkey was added to your Example account."],
])("a notice to a person whose language is %s begins with: %s", (locale, sentence) => {
  expect(textOf({ locale })).toContain(sentence);
});

test("an Arabic mail isolates names in other letters, so that their brackets and full stops stay with them", () => {
  const text = textOf({ locale: "ar", subject: "Phone (2)" });
  expect(text).toContain("الاسم: \u2068Phone (2)\u2069\n");
  expect(text).toContain("\u2068Firefox\u2069 على \u2068Windows\u2069\n");
  expect(textOf({ locale: "fr", subject: "Phone (2)" })).not.toMatch(/[\u2068\u2069]/);
});

test.each(["de-a", "de-1", "de-AT-x", "de-aaaa-bbbb"])(
  "a malformed language (%s), which an intruder's browser may send, keeps no notice back",
  (locale) => {
    expect(textOf({ locale })).toContain("Wann: 1. März 2026");
  },
);

test.each([
  "passkey_added",
  "passkey_removed",
  "authenticator_added",
  "new_browser",
  "email_changed",
  "recovery_began",
  "account_deleted",
])("%s has words of its own in every language", (kind) => {
  const all = Object.keys(languages);
  const subjectIn = (locale: string, of: string) =>
    noticeText(notice({ kind: of, locale }), "Example", "UTC").subject;
  const subjects = all.flatMap((locale) => [subjectIn(locale, kind), subjectIn(locale, "toString")]);
  expect(new Set(subjects).size).toBe(2 * all.length);
});

const others = Object.entries(languages).filter(([code]) => code !== "en");

test.each(others)("in %s no words are the English ones, but for that of a browser", (_, { mail, page }) => {
  const sentences = (one: object) => Object.values(one).filter((words) => typeof words === "string");
  const english = [...sentences(languages.en?.mail ?? {}), ...sentences(languages.en?.page ?? {})];
  expect(english).toContain("Sign out everywhere");
  const same = [...sentences(mail), ...sentences(page)].filter((words) => english.includes(words));
  expect(same.filter((words) => words !== "Browser")).toEqual([]);
});

test.each(["https://evil.example", "call evil.example", "Call +43 1234567", "a@b.co", "x\nSubject: y"])(
  "a mail does not repeat %j, which a mail program would make a link of, as the name of a passkey",
  (subject) => {
    expect(textOf({ subject })).not.toContain("What:");
  },
);

test("only the mail about an added passkey says that the page can remove it", () => {
  expect(textOf()).toContain("sign out everywhere and remove the passkey:");
  expect(textOf({ kind: "new_browser" })).toContain("sign out everywhere:");
  expect(textOf({ notMeUrl: null })).toContain("sign in, look at your passkeys and sessions");
  expect(textOf({ kind: "account_deleted", notMeUrl: null })).toContain("If this was not you, tell us.");
});

test.each([
  [{ url: "mail.example.com", from }, "`url` must begin with smtp://"],
  [{ url: "https://mail.example.com", from }, "`url` must begin with smtp://"],
  [{ url: "smtp://localhost", from: "no-reply" }, "`from` must be an address"],
])("createMailer refuses %j", async (options, sentence) => {
  await expect(createMailer(options)).rejects.toThrow(sentence);
});
