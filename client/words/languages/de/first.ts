/** Die Wörter der ersten Ansicht, auf Deutsch. */
import type { FirstMessages } from "../../messages.ts";

export const first: FirstMessages = {
  "app.title": "{view} · Meadow",
  "app.direction": "ltr",

  "signIn.title": "Anmelden",
  "signIn.heading": "Bei Meadow anmelden",
  "signIn.lead": "Ganz ohne Passwort: mit einem Passkey oder mit einem Code per E-Mail.",
  "signIn.email": "E-Mail-Adresse",
  "signIn.continue": "Weiter",
  "signIn.or": "oder",
  "signIn.passkey": "Mit Passkey anmelden",
  "signIn.emailMissing": "Geben Sie Ihre E-Mail-Adresse ein.",
  "signIn.emailMalformed": "Geben Sie eine E-Mail-Adresse wie name@example.com ein.",
  "signIn.sending": "Wir senden Ihnen einen Code …",
  "signIn.unsupported":
    "Dieser Browser unterstützt keine Passkeys. Melden Sie sich mit Ihrer E-Mail-Adresse an.",
  "signIn.elsewhere":
    "Dieser Browser unterstützt keine Passkeys. Melden Sie sich dort an, wo Sie Ihren haben.",

  "ceremony.waiting": "Warten auf Ihr Gerät …",
  "ceremony.cancel": "Abbrechen",

  "problem.unreachable":
    "Der Anmeldedienst ist nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.",

  "problem.internal_error":
    "Bei uns ist etwas schiefgegangen. Versuchen Sie es noch einmal. Bleibt es so, nennen Sie uns {requestId}.",
  "problem.rate_limited": "Zu viele Versuche. Versuchen Sie es in {time} noch einmal.",
  "problem.rejected":
    "Mit dieser Seite stimmt etwas nicht. Laden Sie sie neu und versuchen Sie es noch einmal.",
};
