/** Die Wörter des Kontos, auf Deutsch. Teil von `later.ts`. */
import type { AccountMessages } from "../../messages.ts";

export const account: AccountMessages = {
  "account.title": "Ihr Konto",
  "account.signedInAs": "Angemeldet als {email}",
  "account.signOut": "Abmelden",
  "account.passkeys": "Passkeys",
  "account.passkeysLead": "Melden Sie sich mit Fingerabdruck, Gesicht oder Displaysperre an.",
  "account.empty": "Sie haben noch keine Passkeys.",
  "account.emptyText": "Erstellen Sie einen, dann dauert die nächste Anmeldung nur einen Augenblick.",
  "account.add": "Passkey hinzufügen",
  "account.second":
    "Ihr Passkey ist nur auf einem Gerät. Fügen Sie einen zweiten hinzu, falls Sie das Gerät verlieren.",
  "account.unsupported":
    "Dieser Browser kann keine Passkeys erstellen. Sie können sich mit Ihrer E-Mail-Adresse anmelden.",
  "account.loading": "Ihre Passkeys werden geladen …",
  "account.loadFailed": "Ihre Passkeys konnten nicht geladen werden.",
  "account.retry": "Noch einmal versuchen",
  "account.suggestions": "Passkey-Vorschläge",
  "account.suggestionsText":
    "Nach einer Anmeldung mit Code schlagen wir manchmal einen Passkey vor. Wenn Sie „Nicht mehr fragen“ gewählt haben, können Sie das hier zurücknehmen.",
  "account.askAgain": "Wieder fragen",
  "account.willAskAgain": "Wir fragen wieder, wenn Sie sich mit einem Code anmelden.",

  "limited.title": "Sie haben sich mit einem Code angemeldet",
  "limited.text":
    "Ihr Konto hat einen Passkey. Solange Sie ihn nicht verwendet haben, können Sie hier alles sehen, aber nichts ändern.",
  "limited.lost": "Passkeys verloren?",
  "limited.unsupported":
    "Dieser Browser unterstützt keine Passkeys. Melden Sie sich dort an, wo Sie Ihren haben.",
  "limited.confirmed": "Bestätigt. Sie können jetzt Ihr ganzes Konto nutzen.",

  "recovery.title": "Alle Passkeys verloren?",
  "recovery.lead":
    "Nach einer Wartezeit öffnet die Wiederherstellung Ihr Konto allein mit einem Code per E-Mail.",
  "recovery.stepMail": "Wir benachrichtigen Sie per E-Mail und überall, wo Sie angemeldet sind.",
  "recovery.stepWait":
    "Sie warten. Wer einen Ihrer Passkeys hat, kann die Wiederherstellung solange stoppen.",
  "recovery.stepCode": "Danach melden Sie sich mit einem Code an und erstellen einen neuen Passkey.",
  "recovery.begin": "Wieder\u00adherstellung beginnen",
  "recovery.begun": "Die Wiederherstellung hat begonnen.",
  "recovery.waitingTitle": "Die Wiederherstellung läuft",
  "recovery.waitingText": "Kommen Sie nach {when} wieder. Dann öffnet ein Code Ihr ganzes Konto.",
  "recovery.waitingHint": "Passkey wiedergefunden? Verwenden Sie ihn, und stoppen Sie die Wiederherstellung.",
  "recovery.runningTitle": "Ihr Konto wird wiederhergestellt",
  "recovery.runningText":
    "Am {began} wurde mit einem Code eine Wiederherstellung begonnen. Nach {when} genügt ein Code, um Ihr Konto zu öffnen. Wenn Sie sie nicht begonnen haben, stoppen Sie sie.",
  "recovery.stop": "Wieder\u00adherstellung stoppen",
  "recovery.stopped": "Die Wiederherstellung ist gestoppt.",
  "recovery.endedTitle": "Die Wartezeit Ihrer Wiederherstellung ist vorbei",
  "recovery.endedText":
    "Ein Code öffnet Ihr Konto jetzt wie ein Passkey. Fügen Sie einen neuen Passkey hinzu und löschen Sie die verlorenen. Wenn Sie das nicht begonnen haben, stoppen Sie es.",

  "lost.title": "Ein Gerät verloren?",
  "lost.text":
    "Sie haben sich mit einem Code angemeldet, obwohl Ihr Konto Passkeys hat. Wenn einer davon weg ist, löschen Sie ihn unten. Woran Sie ihn erkennen: wann er zuletzt verwendet wurde.",
  "lost.review": "Meine Passkeys prüfen",

  "passkey.created": "Erstellt am {when}",
  "passkey.lastUsed": "Zuletzt verwendet: {when}",
  "passkey.neverUsed": "Noch nicht verwendet",
  "passkey.onYourDevices": "Auf Ihren Geräten",
  "passkey.onOneDevice": "Nur auf einem Gerät oder Sicherheitsschlüssel",
  "passkey.here": "Dieses Gerät",
  "passkey.rename": "Umbenennen",
  "passkey.renameNamed": "{name} umbenennen",
  "passkey.delete": "Löschen",
  "passkey.deleteNamed": "{name} löschen",
  "passkey.name": "Name",
  "passkey.nameMissing": "Geben Sie einen Namen ein.",
  "passkey.nameInvalid": "Verwenden Sie einen Namen mit höchstens 64 gewöhnlichen Zeichen.",
  "passkey.save": "Speichern",
  "passkey.renamed": "Umbenannt in {name}.",
  "passkey.deleted": "{name} wurde gelöscht.",

  "sessions.title": "Wo Sie angemeldet sind",
  "sessions.lead": "Browser, die Ihr Konto jetzt nutzen können.",
  "sessions.loading": "Die Liste wird geladen …",
  "sessions.loadFailed": "Die Liste konnte nicht geladen werden.",
  "sessions.current": "Dieser Browser",
  "sessions.named": "{browser} auf {system}",
  "sessions.unknown": "Unbekannter Browser",
  "sessions.lastSeen": "Zuletzt aktiv: {when}",
  "sessions.started": "Angemeldet am {when}",
  "sessions.endNamed": "{name} abmelden",
  "sessions.ended": "{name} ist abgemeldet.",
  "sessions.endOthers": "Überall sonst abmelden",
  "sessions.othersEnded": "Sie sind überall sonst abgemeldet.",
  "sessions.only": "Sie sind sonst nirgends angemeldet.",
  "sessions.review": "Ansehen, wo Sie angemeldet sind",

  "activity.title": "Letzte Aktivitäten",
  "activity.lead": "Was in den letzten 90 Tagen mit Ihrem Konto geschehen ist.",
  "activity.loadFailed": "Die Liste konnte nicht geladen werden.",
  "activity.none": "Nichts in dieser Zeit.",
  "activity.more": "Mehr anzeigen",
  "activity.current": "Diese Anmeldung",
  "activity.byHost": "Durch den Support",
  "activity.sign_in.succeeded": "Angemeldet",
  "activity.sign_in.succeeded.passkey": "Mit Passkey angemeldet",
  "activity.sign_in.succeeded.email-otp": "Mit Code angemeldet",
  "activity.sign_out": "Abgemeldet",
  "activity.sessions.ended": "Anderswo abgemeldet",
  "activity.step_up.succeeded": "Bestätigt, dass Sie es sind",
  "activity.step_up.used": "Bestätigtes ausgeführt",
  "activity.passkey.enrolled": "Passkey hinzugefügt",
  "activity.passkey.renamed": "Passkey umbenannt",
  "activity.passkey.deleted": "Passkey gelöscht",
  "activity.passkey.appeared": "Passkey außerhalb dieser Website hinzugefügt",
  "activity.passkey.vanished": "Passkey außerhalb dieser Website entfernt",
  "activity.authenticator.appeared": "Anmeldeweg außerhalb dieser Website hinzugefügt",
  "activity.authenticator.vanished": "Anmeldeweg außerhalb dieser Website entfernt",
  "activity.email.changed": "E-Mail-Adresse geändert",
  "activity.email.restored": "Änderung der E-Mail-Adresse zurückgenommen",
  "activity.not_me.confirmed": "Aus einer E-Mail gemeldet: „Das war ich nicht“",
  "activity.recovery_began": "Wiederherstellung begonnen",
  "activity.recovery_cancelled": "Wiederherstellung gestoppt",
  "activity.recovery_ended": "Wartezeit einer Wiederherstellung abgelaufen",

  "address.title": "E-Mail-Adresse",
  "address.text": "An Ihre Adresse gehen Codes zum Anmelden und Hinweise zu Ihrem Konto.",
  "address.open": "Adresse ändern",
  "address.question": "Ihre Adresse ändern",
  "address.lead":
    "Wir senden einen Code an die neue Adresse. Sobald Sie ihn eingegeben haben, melden Sie sich mit ihr an.",
  "address.new": "Neue E-Mail-Adresse",
  "address.same": "Das ist schon Ihre Adresse.",
  "address.changed": "Ihre Adresse ist jetzt {email}.",
  "address.unavailable":
    "Adressen können hier nicht geändert werden. Wenden Sie sich an die Betreiber dieser Website.",

  "deleteAccount.title": "Konto löschen",
  "deleteAccount.text": "Löscht Ihr Konto und seine Passkeys endgültig und meldet Sie überall ab.",
  "deleteAccount.open": "Mein Konto löschen",
  "deleteAccount.question": "Ihr Konto löschen?",
  "deleteAccount.lead":
    "Das Konto von {email} wird mit seinen Passkeys gelöscht, und Sie werden überall abgemeldet. Das lässt sich nicht rückgängig machen.",
  "deleteAccount.copies":
    "Ihr Passwortmanager behält vielleicht Passkeys, die nicht mehr funktionieren. Sie können sie dort löschen.",
  "deleteAccount.unavailable":
    "Konten können hier nicht gelöscht werden. Wenden Sie sich an die Betreiber dieser Website.",
  "deleteAccount.done": "Ihr Konto ist gelöscht.",
};
