/** Die Wörter aller anderen Ansichten und der gescheiterten Zeremonien, auf Deutsch. */
import type { LaterMessages } from "../../messages.ts";
import { account } from "./account.ts";

export const later: LaterMessages = {
  "app.language": "Sprache",

  "welcome.title": "Willkommen zurück",
  "welcome.otherAccount": "Anderes Konto verwenden",
  "welcome.forget": "Mich auf diesem Gerät vergessen",
  "welcome.otherPerson": "Sie haben den Passkey eines anderen Kontos benutzt und sind dort angemeldet.",
  "welcome.forgotten": "Dieses Gerät hat {email} vergessen.",

  "signIn.emailAccents": "Vor dem @ sind nur Buchstaben ohne Akzente und Umlaute möglich.",
  "signIn.otherDevice": "Telefon oder Sicherheits\u00adschlüssel nehmen",
  "signIn.signedOut": "Sie sind abgemeldet.",
  "signIn.sessionEnded": "Sie wurden abgemeldet. Melden Sie sich wieder an, um weiterzumachen.",
  "signIn.sessionNotKept":
    "Dieser Browser behält Ihre Anmeldung nicht. Erlauben Sie Cookies für diese Website und melden Sie sich wieder an.",

  "ceremony.finishing": "Sie werden angemeldet …",
  "ceremony.confirming": "Wird bestätigt …",
  "ceremony.saving": "Ihr Passkey wird gespeichert …",

  "otp.title": "Prüfen Sie Ihre E-Mails",
  "otp.sentTo": "Wir haben einen Code an {email} gesendet.",
  "otp.lifetime": {
    one: "Der Code gilt eine Minute.",
    other: "Der Code gilt {count} Minuten.",
  },
  "otp.expired": "Der Code ist jetzt abgelaufen. Fordern Sie einen neuen an.",
  "otp.code": "Code",
  "otp.continue": "Weiter",
  "otp.resend": "Neuen Code senden",
  "otp.resent": "Wir haben Ihnen einen neuen Code gesendet. Nur der neueste gilt.",
  "otp.otherAddress": "Andere Adresse verwenden",
  "otp.codeMissing": "Geben Sie den Code aus der E-Mail ein.",
  "otp.codeMalformed": "Ein Code hat 6 bis 8 Ziffern.",
  "otp.checking": "Der Code wird geprüft …",
  "problem.otp_incorrect": "Das ist nicht der Code, den wir gesendet haben.",
  "otp.attemptsLeft": {
    one: "Das ist nicht der Code, den wir gesendet haben. Sie haben noch einen Versuch.",
    other: "Das ist nicht der Code, den wir gesendet haben. Sie haben noch {count} Versuche.",
  },

  "offer.title": "Einen Passkey erstellen?",
  "offer.lead": "Melden Sie sich nächstes Mal in Sekunden an: mit Fingerabdruck, Gesicht oder Displaysperre.",
  "offer.titleHere": "Auf diesem Gerät einen Passkey erstellen?",
  "offer.leadHere":
    "Sie haben sich mit einem Passkey von einem anderen Gerät angemeldet. Mit einem Passkey auf diesem Gerät brauchen Sie das andere nicht.",
  "offer.fast": "Meldet Sie in Sekunden an",
  "offer.safe": "Gilt nur auf dieser Website, eine gefälschte Seite kann ihn nicht nutzen",
  "offer.private": "Fingerabdruck und Gesicht verlassen Ihr Gerät nie",
  "offer.shared":
    "Wer dieses Gerät entsperren kann, kann sich damit anmelden. Überspringen Sie das auf gemeinsam genutzten Geräten.",
  "offer.create": "Passkey erstellen",
  "offer.tooLate": "Dieses Angebot ist abgelaufen. Hier können Sie jederzeit einen Passkey hinzufügen.",
  "offer.more": "Warum ein Passkey?",
  "offer.skip": "Nicht jetzt",
  "offer.never": "Nicht mehr fragen",
  "offer.created": "Passkey erstellt. Nächstes Mal können Sie sich damit anmelden.",

  "about.title": "Über Passkeys",
  "about.what": "Was sind Passkeys?",
  "about.whatText":
    "Ein Passkey ersetzt ein Passwort. Ihr Gerät bewahrt ihn auf und verwendet ihn erst, wenn Sie es entsperren, mit Fingerabdruck, Gesicht oder Displaysperre. Sie müssen sich nichts merken, und auf unseren Servern liegt kein Geheimnis, das gestohlen werden könnte.",
  "about.where": "Wo werden Passkeys gespeichert?",
  "about.whereText":
    "Im Passwortmanager Ihres Geräts, zum Beispiel die Apple-App „Passwörter“, Google Passwortmanager oder Windows Hello, oder in einem, den Sie installiert haben. Die meisten bringen Ihre Passkeys auf alle Ihre Geräte. Auf einem Sicherheitsschlüssel bleiben sie auf dem Schlüssel selbst.",

  ...account,

  "idle.title": "Sind Sie noch da?",
  "idle.lead": {
    one: "Sie haben hier eine Weile nichts getan und werden in einer Minute abgemeldet.",
    other: "Sie haben hier eine Weile nichts getan und werden in {count} Minuten abgemeldet.",
  },
  "idle.stay": "Angemeldet bleiben",

  "dialog.close": "Schließen",
  "add.title": "Passkey hinzufügen",
  "add.lead": "Wo soll der neue Passkey gespeichert werden?",
  "add.here": "Dieses Gerät",
  "add.hereText": "Entsperren mit Fingerabdruck, Gesicht oder Displaysperre.",
  "add.securityKey": "Sicherheits\u00adschlüssel",
  "add.securityKeyText": "Zum Einstecken oder ans Telefon halten.",

  "delete.title": "Passkey „{name}“ löschen?",
  "delete.lead": "Sie können sich mit diesem Passkey dann nicht mehr anmelden.",
  "delete.leadLast":
    "Das ist Ihr einziger Passkey. Ohne ihn melden Sie sich mit einem Code per E-Mail an. Das dauert länger und lässt sich abphishen.",
  "delete.leadOnlyWay":
    "Das ist Ihr einziger Passkey. Ohne ihn können Sie sich auf dieser Seite nicht anmelden.",
  "delete.copy":
    "Ihr Passwortmanager behält vielleicht eine Kopie, die nicht mehr funktioniert. Um sie auch dort zu entfernen, öffnen Sie die Passwörter Ihres Geräts oder Browsers, suchen Sie nach dieser Website und löschen Sie den Passkey.",
  "delete.copyIn":
    "{provider} behält vielleicht eine Kopie, die nicht mehr funktioniert. Um sie auch dort zu entfernen, öffnen Sie {place}, suchen Sie nach dieser Website und löschen Sie den Passkey.",
  "delete.confirm": "Passkey löschen",

  "place.apple": "die App „Passwörter“ (oder Einstellungen › Passwörter)",
  "place.google": "passwords.google.com (oder Einstellungen › Google › Passwortmanager)",
  "place.windows": "Einstellungen › Konten › Passkeys",
  "place.chrome": "chrome://password-manager",
  "place.app": "{provider}",

  "stepUp.title": "Bestätigen Sie, dass Sie es sind",
  "stepUp.lead":
    "Sie haben sich vor einer Weile als {email} angemeldet. Bestätigen Sie, dass Sie es sind, um fortzufahren.",
  "stepUp.leadLimited":
    "Sie haben sich als {email} mit einem Code angemeldet. Bestätigen Sie mit Ihrem Passkey, um fortzufahren.",
  "stepUp.passkey": "Passkey verwenden",
  "stepUp.email": "Code per E-Mail senden",
  "stepUp.noMethod": "Melden Sie sich dafür ab und wieder an.",

  "failure.cancelled":
    "Kein Passkey verwendet. Versuchen Sie es noch einmal oder melden Sie sich per E-Mail an.",
  "failure.cancelledAlone": "Kein Passkey verwendet. Versuchen Sie es noch einmal.",
  "failure.noneHere":
    "Kein Passkey verwendet. Melden Sie sich per E-Mail an, oder nehmen Sie ein Telefon oder einen Sicherheitsschlüssel.",
  "failure.noneHereAlone":
    "Kein Passkey verwendet. Sie können ein Telefon oder einen Sicherheitsschlüssel nehmen.",
  "failure.misconfigured":
    "Für diese Website-Adresse sind keine Passkeys eingerichtet. Melden Sie sich per E-Mail an.",
  "failure.unsupported": "Dieses Gerät unterstützt keine Passkeys. Melden Sie sich per E-Mail an.",
  "failure.busy":
    "Eine andere Passkey-Anfrage ist offen. Schließen Sie sie und versuchen Sie es noch einmal, oder melden Sie sich per E-Mail an.",
  "failure.authenticatorFailed":
    "Ihr Gerät konnte das nicht abschließen. Versuchen Sie es noch einmal oder melden Sie sich per E-Mail an.",
  "problem.challenge_expired": "Das hat zu lange gedauert. Versuchen Sie es noch einmal.",
  "failure.unknownCredential":
    "Dieser Passkey wurde aus Ihrem Konto entfernt. Melden Sie sich per E-Mail an.",
  "failure.refused":
    "Dieser Passkey wurde nicht akzeptiert. Versuchen Sie es noch einmal oder melden Sie sich per E-Mail an.",
  "failure.notCreated": "Nicht erstellt. Sie können das später in Ihrem Konto nachholen.",
  "failure.alreadyRegistered": "Auf diesem Gerät haben Sie schon einen Passkey.",
  "failure.alreadyRegisteredOnKey": "Auf diesem Sicherheitsschlüssel haben Sie schon einen Passkey.",
  "failure.misconfiguredCreate": "Für diese Website-Adresse sind keine Passkeys eingerichtet.",
  "failure.unsupportedCreate": "Dieses Gerät kann keine Passkeys erstellen.",
  "failure.unsupportedOnKey":
    "Dieser Sicherheitsschlüssel kann keine Passkeys speichern. Nehmen Sie einen anderen oder dieses Gerät.",
  "failure.busyCreate":
    "Eine andere Passkey-Anfrage ist offen. Schließen Sie sie und versuchen Sie es noch einmal.",
  "failure.authenticatorFailedCreate":
    "Ihr Gerät konnte das nicht abschließen. Versuchen Sie es noch einmal.",
  "failure.refusedCreate": "Der Passkey konnte nicht gespeichert werden. Versuchen Sie es noch einmal.",
  "failure.notConfirmed": "Nicht bestätigt. Versuchen Sie es noch einmal.",
  "failure.unsupportedAlone": "Dieses Gerät unterstützt keine Passkeys.",
  "failure.unknownCredentialAlone":
    "Dieser Passkey wurde aus Ihrem Konto entfernt. Verwenden Sie einen anderen.",
  "problem.challenge_failed": "Dieser Passkey wurde nicht akzeptiert. Versuchen Sie es noch einmal.",

  "problem.not_authenticated": "Sie wurden abgemeldet. Melden Sie sich wieder an, um weiterzumachen.",
  "problem.otp_not_requested":
    "Dieser Code wurde schon verwendet oder in einem anderen Browser angefordert. Fordern Sie einen neuen an. Hilft das nicht, erlauben Sie Cookies für diese Website.",
  "problem.sign_in_not_begun":
    "Diese Anmeldung wurde nicht in diesem Browser begonnen. Laden Sie die Seite neu und versuchen Sie es noch einmal. Wenn das nicht hilft, erlauben Sie Cookies für diese Seite.",
  "problem.otp_expired": "Dieser Code ist abgelaufen. Fordern Sie einen neuen an.",
  "problem.otp_attempts_exceeded": "Zu viele falsche Codes. Fordern Sie einen neuen an.",
  "problem.passkey_required":
    "Dafür brauchen Sie einen Passkey. Erstellen Sie einen in Ihrem Konto und versuchen Sie es dann noch einmal.",
  "problem.no_account":
    "Mit dieser E-Mail-Adresse können Sie sich hier nicht anmelden. Verwenden Sie eine andere.",
  "problem.email_taken": "Ein anderes Konto verwendet diese E-Mail-Adresse. Verwenden Sie eine andere.",
  "problem.step_up_required":
    "Ihre Anmeldung ist eine Weile her. Bestätigen Sie, dass Sie es sind, und versuchen Sie es dann noch einmal.",
  "problem.limited_session":
    "Sie haben sich mit einem Code angemeldet. Bestätigen Sie dies mit Ihrem Passkey, oder beginnen Sie die Wiederherstellung, wenn Sie ihn verloren haben.",
  "problem.recovery_not_needed": "Das geht auch ohne Wiederherstellung.",
  "problem.recovery_not_found": "Es läuft keine Wiederherstellung mehr.",
  "problem.session_not_found": "Diese Anmeldung ist schon beendet.",
  "problem.passkey_not_found": "Dieser Passkey ist nicht mehr in Ihrem Konto.",
  "problem.passkey_limit_reached": "Ihr Konto kann keine weiteren Passkeys haben. Löschen Sie zuerst einen.",
  "problem.tenant_misconfigured":
    "Passkeys können dafür zurzeit nicht verwendet werden. Ein neuer Versuch hilft nicht: Wenden Sie sich an die Betreiber dieser Website und nennen Sie {requestId}.",

  "time.now": "gerade eben",
};
