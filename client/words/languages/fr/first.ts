/** Les mots de la première vue, en français. */
import type { FirstMessages } from "../../messages.ts";

export const first: FirstMessages = {
  "app.title": "{view} · Meadow",
  "app.direction": "ltr",

  "signIn.title": "Connexion",
  "signIn.heading": "Se connecter à Meadow",
  "signIn.lead": "Sans mot de passe\u00a0: avec une clé d’accès ou un code reçu par e-mail.",
  "signIn.email": "Adresse e-mail",
  "signIn.continue": "Continuer",
  "signIn.or": "ou",
  "signIn.passkey": "Utiliser une clé d’accès",
  "signIn.emailMissing": "Saisissez votre adresse e-mail.",
  "signIn.emailMalformed": "Saisissez une adresse e-mail comme nom@example.com.",
  "signIn.sending": "Nous vous envoyons un code…",
  "signIn.unsupported":
    "Ce navigateur ne prend pas en charge les clés d’accès. Connectez-vous avec votre adresse e-mail.",
  "signIn.elsewhere":
    "Ce navigateur ne prend pas en charge les clés d’accès. Connectez-vous là où vous avez la vôtre.",

  "ceremony.waiting": "En attente de votre appareil…",
  "ceremony.cancel": "Annuler",

  "problem.unreachable":
    "Le service de connexion est injoignable. Vérifiez votre connexion Internet et réessayez.",

  "problem.internal_error":
    "Un problème est survenu de notre côté. Réessayez. S’il se répète, indiquez-nous {requestId}.",
  "problem.rate_limited": "Trop de tentatives. Réessayez dans {time}.",
  "problem.rejected": "Cette page a rencontré un problème. Rechargez-la et réessayez.",
};
