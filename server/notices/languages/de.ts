/** Notices in German. */
import type { NoticeLanguage } from "./words.ts";

export const german: NoticeLanguage = {
  direction: "ltr",
  mail: {
    subjects: {
      passkey_added: (app) => `Ein Passkey wurde zu Ihrem Konto bei ${app} hinzugefügt`,
      passkey_removed: (app) => `Ein Passkey wurde aus Ihrem Konto bei ${app} entfernt`,
      authenticator_added: (app) => `Ihr Konto bei ${app} hat eine neue Art der Bestätigung`,
      new_browser: (app) => `Neue Anmeldung bei Ihrem Konto bei ${app}`,
      email_changed: (app) => `Die E-Mail-Adresse Ihres Kontos bei ${app} wurde geändert`,
      recovery_began: (app) => `Die Wiederherstellung Ihres Kontos bei ${app} hat begonnen`,
      account_deleted: (app) => `Ihr Konto bei ${app} wurde gelöscht`,
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
    deleted: "Waren Sie das nicht? Dann sagen Sie uns Bescheid.",
  },
  page: {
    title: "Das war ich nicht",
    ask: "Vielleicht benutzt jemand anders Ihr Konto. Melden Sie alle Browser und Geräte ab. Danach können Sie sich wieder anmelden.",
    askWithPasskey:
      "Vielleicht hat jemand anders einen Passkey zu Ihrem Konto hinzugefügt. Melden Sie alle Browser und Geräte ab, und entfernen Sie diesen Passkey. Danach können Sie sich wieder anmelden.",
    askWithAddress:
      "Vielleicht hat jemand anders die E-Mail-Adresse Ihres Kontos geändert. Melden Sie alle Browser und Geräte ab, und holen Sie die alte Adresse zurück. Danach können Sie sich mit ihr anmelden.",
    confirm: "Überall abmelden",
    confirmWithPasskey: "Überall abmelden und den Passkey entfernen",
    confirmWithAddress: "Überall abmelden und die alte Adresse zurückholen",
    done: "Alle Browser und Geräte sind abgemeldet.",
    doneWithPasskey: "Alle Browser und Geräte sind abgemeldet, und der Passkey ist entfernt.",
    doneWithAddress:
      "Alle Browser und Geräte sind abgemeldet, und das Konto hat wieder seine alte E-Mail-Adresse.",
    restored: "Das Konto hat wieder seine alte E-Mail-Adresse.",
    notEnded: "Die Sitzungen konnten hier nicht beendet werden. Sagen Sie uns Bescheid, damit wir es tun.",
    next: "Melden Sie sich an und prüfen Sie Ihre Passkeys. Kommen Ihre Codes per E-Mail, dann sorgen Sie dafür, dass niemand anders Ihr Postfach liest.",
    toApp: "Zur Anmeldung",
    invalid: "Dieser Link ist zu alt, oder er wurde schon benutzt.",
    unavailable:
      "Das geht im Moment nicht. Es wurde nichts geändert. Versuchen Sie es in ein paar Minuten noch einmal.",
  },
};
