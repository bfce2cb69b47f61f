/** Les mots du compte, en français. Partie de `later.ts`. */
import type { AccountMessages } from "../../messages.ts";

export const account: AccountMessages = {
  "account.title": "Votre compte",
  "account.signedInAs": "Session ouverte avec {email}",
  "account.signOut": "Se déconnecter",
  "account.passkeys": "Clés d’accès",
  "account.passkeysLead":
    "Pour vous connecter avec votre empreinte, votre visage ou le verrouillage de l’écran.",
  "account.empty": "Vous n’avez pas encore de clé d’accès.",
  "account.emptyText": "Créez-en une, et la prochaine connexion ne prendra qu’un instant.",
  "account.add": "Ajouter une clé d’accès",
  "account.second":
    "Votre clé d’accès n’est que sur un appareil. Ajoutez-en une deuxième, au cas où vous perdriez cet appareil.",
  "account.unsupported": "Ce navigateur ne peut pas créer de clé d’accès.",
  "account.loading": "Chargement de vos clés d’accès…",
  "account.loadFailed": "Vos clés d’accès n’ont pas pu être chargées.",
  "account.retry": "Réessayer",
  "account.suggestions": "Suggestions de clés d’accès",
  "account.suggestionsText":
    "Après une connexion, nous proposons parfois une clé d’accès. Si vous avez répondu «\u00a0Ne plus demander\u00a0», vous pouvez revenir sur ce choix.",
  "account.askAgain": "Demander à nouveau",
  "account.willAskAgain": "Nous vous le demanderons peut-être à nouveau après une connexion.",

  "limited.title": "Vous avez utilisé un code",
  "limited.text":
    "Votre compte a une clé d’accès. Tant que vous ne l’avez pas utilisée, vous pouvez tout consulter ici, sans rien modifier.",
  "limited.lost": "Clés d’accès perdues\u00a0?",
  "limited.confirmed": "C’est confirmé. Tout votre compte est accessible.",

  "recovery.title": "Vous avez perdu toutes vos clés d’accès\u00a0?",
  "recovery.lead":
    "Après un délai d’attente, la récupération ouvre votre compte avec un simple code reçu par e-mail.",
  "recovery.stepMail": "Nous vous prévenons par e-mail et dans toutes vos sessions ouvertes.",
  "recovery.stepWait":
    "Vous attendez. Pendant ce temps, toute personne qui a l’une de vos clés d’accès peut arrêter la récupération.",
  "recovery.stepCode": "Ensuite, vous vous connectez avec un code et créez une nouvelle clé d’accès.",
  "recovery.begin": "Lancer la récupération",
  "recovery.begun": "La récupération est lancée.",
  "recovery.waitingTitle": "Récupération en cours",
  "recovery.waitingText": "Revenez après le {when}\u00a0: un code ouvrira alors tout votre compte.",
  "recovery.waitingHint":
    "Vous avez retrouvé votre clé d’accès\u00a0? Utilisez-la et arrêtez la récupération.",
  "recovery.runningTitle": "Une récupération de votre compte est en cours",
  "recovery.runningText":
    "Une récupération a été lancée avec un code le {began}. Après le {when}, un simple code ouvrira votre compte. Si vous ne l’avez pas lancée, arrêtez-la.",
  "recovery.stop": "Arrêter la récupération",
  "recovery.stopped": "La récupération est arrêtée.",
  "recovery.endedTitle": "Le délai d’attente de votre récupération est écoulé",
  "recovery.endedText":
    "Un code ouvre maintenant votre compte comme une clé d’accès. Ajoutez une nouvelle clé d’accès et supprimez celles que vous avez perdues. Si vous n’avez pas lancé cette récupération, arrêtez-la.",

  "lost.title": "Un appareil perdu\u00a0?",
  "lost.text":
    "Vous avez utilisé un code, alors que votre compte a des clés d’accès. Si vous n’avez plus l’une d’elles, supprimez-la ci-dessous\u00a0: la date de dernière utilisation vous aide à la reconnaître.",
  "lost.review": "Vérifier mes clés d’accès",

  "passkey.created": "Créée le {when}",
  "passkey.lastUsed": "Dernière utilisation\u00a0: {when}",
  "passkey.neverUsed": "Pas encore utilisée",
  "passkey.onYourDevices": "Sur vos appareils",
  "passkey.onOneDevice": "Sur un seul appareil ou une clé de sécurité",
  "passkey.here": "Cet appareil",
  "passkey.rename": "Renommer",
  "passkey.renameNamed": "Renommer {name}",
  "passkey.delete": "Supprimer",
  "passkey.deleteNamed": "Supprimer {name}",
  "passkey.name": "Nom",
  "passkey.nameMissing": "Saisissez un nom.",
  "passkey.nameInvalid": "Utilisez un nom de 64 caractères ordinaires au plus.",
  "passkey.save": "Enregistrer",
  "passkey.renamed": "Nouveau nom\u00a0: {name}.",
  "passkey.deleted": "{name} a été supprimée.",

  "sessions.title": "Vos sessions ouvertes",
  "sessions.lead": "Les navigateurs qui peuvent utiliser votre compte en ce moment.",
  "sessions.loading": "Chargement de la liste…",
  "sessions.loadFailed": "La liste n’a pas pu être chargée.",
  "sessions.current": "Ce navigateur",
  "sessions.named": "{browser} sur {system}",
  "sessions.unknown": "Navigateur inconnu",
  "sessions.lastSeen": "Dernière activité\u00a0: {when}",
  "sessions.started": "Ouverte le {when}",
  "sessions.endNamed": "Se déconnecter de {name}",
  "sessions.ended": "Session fermée sur {name}.",
  "sessions.endOthers": "Fermer toutes les autres sessions",
  "sessions.othersEnded": "Toutes les autres sessions sont fermées.",
  "sessions.only": "Vous n’avez aucune autre session ouverte.",
  "sessions.review": "Voir vos sessions ouvertes",

  "activity.title": "Activité récente",
  "activity.lead": "Ce qui s’est passé sur votre compte ces 90 derniers jours.",
  "activity.loadFailed": "La liste n’a pas pu être chargée.",
  "activity.none": "Rien sur cette période.",
  "activity.more": "Afficher plus",
  "activity.current": "Cette connexion",
  "activity.byHost": "Par l’assistance",
  "activity.sign_in.succeeded": "Connexion",
  "activity.sign_in.succeeded.passkey": "Connexion avec une clé d’accès",
  "activity.sign_in.succeeded.email-otp": "Connexion avec un code",
  "activity.sign_out": "Déconnexion",
  "activity.sessions.ended": "Déconnexion d’autres appareils",
  "activity.step_up.succeeded": "Confirmation que c’était bien vous",
  "activity.step_up.used": "Opération confirmée effectuée",
  "activity.passkey.enrolled": "Clé d’accès ajoutée",
  "activity.passkey.renamed": "Clé d’accès renommée",
  "activity.passkey.deleted": "Clé d’accès supprimée",
  "activity.passkey.appeared": "Clé d’accès ajoutée hors de ce site",
  "activity.passkey.vanished": "Clé d’accès retirée hors de ce site",
  "activity.authenticator.appeared": "Moyen de connexion ajouté hors de ce site",
  "activity.authenticator.vanished": "Moyen de connexion retiré hors de ce site",
  "activity.email.changed": "Adresse e-mail changée",
  "activity.email.restored": "Ancienne adresse e-mail rétablie",
  "activity.not_me.confirmed": "Signalement depuis un e-mail\u00a0: «\u00a0Ce n’était pas moi\u00a0»",
  "activity.recovery_began": "Récupération lancée",
  "activity.recovery_cancelled": "Récupération arrêtée",
  "activity.recovery_ended": "Délai d’attente d’une récupération écoulé",

  "address.title": "Adresse e-mail",
  "address.text": "Votre adresse reçoit les codes de connexion et les avis sur votre compte.",
  "address.open": "Changer d’adresse",
  "address.question": "Changer votre adresse",
  "address.lead":
    "Nous envoyons un code à la nouvelle adresse. Une fois le code saisi, vous vous connectez avec elle.",
  "address.new": "Nouvelle adresse e-mail",
  "address.same": "C’est déjà votre adresse.",
  "address.changed": "Votre adresse est maintenant {email}.",
  "address.unavailable":
    "Les adresses ne peuvent pas être changées ici. Écrivez aux responsables de ce site.",

  "deleteAccount.title": "Supprimer le compte",
  "deleteAccount.text":
    "Supprime définitivement votre compte et ses clés d’accès, et ferme toutes vos sessions.",
  "deleteAccount.open": "Supprimer mon compte",
  "deleteAccount.question": "Supprimer votre compte\u00a0?",
  "deleteAccount.lead":
    "Le compte de {email} sera supprimé avec ses clés d’accès, et toutes vos sessions seront fermées. Cette action est irréversible.",
  "deleteAccount.copies":
    "Votre gestionnaire de mots de passe garde peut-être des clés d’accès qui ne fonctionnent plus. Vous pouvez les y supprimer.",
  "deleteAccount.unavailable":
    "Un compte ne peut pas être supprimé ici. Écrivez aux responsables de ce site.",
  "deleteAccount.done": "Votre compte est supprimé.",
};
