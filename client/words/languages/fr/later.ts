/** Les mots de toutes les autres vues et des cérémonies qui ont échoué, en français. */
import type { LaterMessages } from "../../messages.ts";
import { account } from "./account.ts";

export const later: LaterMessages = {
  "app.language": "Langue",

  "welcome.title": "Bon retour",
  "welcome.otherAccount": "Utiliser un autre compte",
  "welcome.forget": "M’oublier sur cet appareil",
  "welcome.otherPerson":
    "Vous avez utilisé la clé d’accès d’un autre compte\u00a0: c’est ce compte qui est ouvert.",
  "welcome.forgotten": "Cet appareil a oublié {email}.",

  "signIn.emailAccents": "Avant le @, une adresse ne contient que des lettres sans accent.",
  "signIn.otherDevice": "Utiliser un téléphone ou une clé de sécurité",
  "signIn.signedOut": "Déconnexion effectuée.",
  "signIn.sessionEnded": "Votre session a pris fin. Reconnectez-vous pour continuer.",
  "signIn.sessionNotKept":
    "Ce navigateur ne garde pas votre connexion. Autorisez les cookies de ce site, puis reconnectez-vous.",

  "ceremony.finishing": "Connexion en cours…",
  "ceremony.confirming": "Confirmation en cours…",
  "ceremony.saving": "Enregistrement de votre clé d’accès…",

  "otp.title": "Consultez vos e-mails",
  "otp.sentTo": "Nous avons envoyé un code à {email}.",
  "otp.lifetime": {
    one: "Le code est valable une minute.",
    other: "Le code est valable {count} minutes.",
  },
  "otp.expired": "Le code n’est plus valable. Demandez-en un nouveau.",
  "otp.code": "Code",
  "otp.continue": "Continuer",
  "otp.resend": "Envoyer un nouveau code",
  "otp.resent": "Nous vous avons envoyé un nouveau code. Seul le plus récent est valable.",
  "otp.otherAddress": "Utiliser une autre adresse",
  "otp.codeMissing": "Saisissez le code reçu par e-mail.",
  "otp.codeMalformed": "Un code compte 6 à 8 chiffres.",
  "otp.checking": "Vérification du code…",
  "problem.otp_incorrect": "Ce n’est pas le code que nous avons envoyé.",
  "otp.attemptsLeft": {
    one: "Ce n’est pas le code que nous avons envoyé. Il vous reste un essai.",
    other: "Ce n’est pas le code que nous avons envoyé. Il vous reste {count} essais.",
  },

  "offer.title": "Créer une clé d’accès\u00a0?",
  "offer.lead":
    "La prochaine fois, connectez-vous en quelques secondes avec votre empreinte, votre visage ou le verrouillage de l’écran.",
  "offer.titleHere": "Créer une clé d’accès sur cet appareil\u00a0?",
  "offer.leadHere":
    "Vous venez d’utiliser la clé d’accès d’un autre appareil. Avec une clé d’accès ici, vous n’aurez plus besoin de cet appareil.",
  "offer.fast": "Vous connecte en quelques secondes",
  "offer.safe": "Ne fonctionne que sur ce site\u00a0: un faux site ne peut pas l’utiliser",
  "offer.private": "Votre empreinte et votre visage ne quittent jamais votre appareil",
  "offer.shared":
    "Toute personne qui peut déverrouiller cet appareil pourra se connecter. Passez cette étape sur un appareil partagé.",
  "offer.create": "Créer une clé d’accès",
  "offer.tooLate": "Cette proposition a expiré. Vous pouvez ajouter une clé d’accès ici à tout moment.",
  "offer.more": "Pourquoi une clé d’accès\u00a0?",
  "offer.skip": "Pas maintenant",
  "offer.never": "Ne plus demander",
  "offer.created": "Clé d’accès créée. La prochaine fois, vous pourrez vous connecter avec elle.",

  "about.title": "À propos des clés d’accès",
  "about.what": "Qu’est-ce qu’une clé d’accès\u00a0?",
  "about.whatText":
    "Une clé d’accès remplace un mot de passe. Votre appareil la garde et ne l’utilise qu’après que vous l’avez déverrouillé, avec votre empreinte, votre visage ou le verrouillage de l’écran. Vous n’avez rien à retenir, et nos serveurs ne gardent aucun secret que l’on pourrait voler.",
  "about.where": "Où sont enregistrées les clés d’accès\u00a0?",
  "about.whereText":
    "Dans le gestionnaire de mots de passe de votre appareil, par exemple l’app Mots de passe d’Apple, le Gestionnaire de mots de passe de Google ou Windows Hello, ou dans celui que vous avez installé. La plupart synchronisent vos clés d’accès sur tous vos appareils. Une clé de sécurité, elle, les conserve dans la clé même.",

  ...account,

  "idle.title": "Êtes-vous toujours là\u00a0?",
  "idle.lead": {
    one: "Vous n’avez rien fait ici depuis un moment. Votre session se fermera dans une minute.",
    other: "Vous n’avez rien fait ici depuis un moment. Votre session se fermera dans {count} minutes.",
  },
  "idle.stay": "Garder la session ouverte",

  "dialog.close": "Fermer",
  "add.title": "Ajouter une clé d’accès",
  "add.lead": "Où enregistrer la nouvelle clé d’accès\u00a0?",
  "add.here": "Cet appareil",
  "add.hereText": "Déverrouillage par empreinte, visage ou verrouillage de l’écran.",
  "add.securityKey": "Clé de sécurité",
  "add.securityKeyText": "Une clé à brancher ou à approcher de votre téléphone.",

  "delete.title": "Supprimer la clé d’accès «\u00a0{name}\u00a0»\u00a0?",
  "delete.lead": "Vous ne pourrez plus vous connecter avec cette clé d’accès.",
  "delete.leadLast":
    "C’est votre seule clé d’accès. Sans elle, vous vous connectez avec un code reçu par e-mail\u00a0: c’est plus long, et un faux site peut l’obtenir.",
  "delete.leadOnlyWay":
    "C’est votre seule clé d’accès. Sans elle, vous ne pouvez pas vous connecter sur cette page.",
  "delete.copy":
    "Votre gestionnaire de mots de passe garde peut-être une copie qui ne fonctionne plus. Pour la retirer aussi, ouvrez les mots de passe de votre appareil ou navigateur, cherchez ce site et supprimez la clé d’accès.",
  "delete.copyIn":
    "{provider} garde peut-être une copie qui ne fonctionne plus. Pour la retirer aussi, ouvrez {place}, cherchez ce site et supprimez la clé d’accès.",
  "delete.confirm": "Supprimer la clé d’accès",

  "place.apple": "l’app Mots de passe (ou Réglages › Mots de passe)",
  "place.google": "passwords.google.com (ou Paramètres › Google › Gestionnaire de mots de passe)",
  "place.windows": "Paramètres › Comptes › Clés d’accès",
  "place.chrome": "chrome://password-manager",
  "place.app": "{provider}",

  "stepUp.title": "Confirmez que c’est bien vous",
  "stepUp.lead":
    "Votre connexion avec {email} remonte à un moment. Confirmez que c’est bien vous pour continuer.",
  "stepUp.leadLimited":
    "Vous avez ouvert la session de {email} avec un code. Confirmez avec votre clé d’accès pour continuer.",
  "stepUp.passkey": "Utiliser votre clé d’accès",
  "stepUp.email": "Recevoir un code par e-mail",
  "stepUp.noMethod": "Pour cela, déconnectez-vous puis reconnectez-vous.",

  "failure.cancelled": "Aucune clé d’accès utilisée. Réessayez, ou continuez par e-mail.",
  "failure.cancelledAlone": "Aucune clé d’accès utilisée. Réessayez.",
  "failure.noneHere":
    "Aucune clé d’accès utilisée. Continuez par e-mail, ou utilisez un téléphone ou une clé de sécurité.",
  "failure.noneHereAlone":
    "Aucune clé d’accès utilisée. Vous pouvez utiliser un téléphone ou une clé de sécurité.",
  "failure.misconfigured":
    "Les clés d’accès ne sont pas configurées pour l’adresse de ce site. Continuez par e-mail.",
  "failure.unsupported": "Cet appareil ne peut pas utiliser de clé d’accès. Continuez par e-mail.",
  "failure.busy":
    "Une autre demande de clé d’accès est ouverte. Fermez-la et réessayez, ou continuez par e-mail.",
  "failure.authenticatorFailed": "Votre appareil n’a pas pu terminer. Réessayez, ou continuez par e-mail.",
  "problem.challenge_expired": "Le délai est dépassé. Réessayez.",
  "failure.unknownCredential": "Cette clé d’accès a été retirée de votre compte. Continuez par e-mail.",
  "failure.refused": "Cette clé d’accès n’a pas été acceptée. Réessayez, ou continuez par e-mail.",
  "failure.notCreated": "Clé d’accès non créée. Vous pourrez le faire plus tard dans votre compte.",
  "failure.alreadyRegistered": "Vous avez déjà une clé d’accès sur cet appareil.",
  "failure.alreadyRegisteredOnKey": "Vous avez déjà une clé d’accès sur cette clé de sécurité.",
  "failure.misconfiguredCreate": "Les clés d’accès ne sont pas configurées pour l’adresse de ce site.",
  "failure.unsupportedCreate": "Cet appareil ne peut pas créer de clé d’accès.",
  "failure.unsupportedOnKey":
    "Cette clé de sécurité ne peut pas enregistrer de clé d’accès. Essayez-en une autre, ou utilisez cet appareil.",
  "failure.busyCreate": "Une autre demande de clé d’accès est ouverte. Fermez-la et réessayez.",
  "failure.authenticatorFailedCreate": "Votre appareil n’a pas pu terminer. Réessayez.",
  "failure.refusedCreate": "La clé d’accès n’a pas pu être enregistrée. Réessayez.",
  "failure.notConfirmed": "Non confirmé. Réessayez.",
  "failure.unsupportedAlone": "Cet appareil ne peut pas utiliser de clé d’accès.",
  "failure.unknownCredentialAlone": "Cette clé d’accès a été retirée de votre compte. Utilisez-en une autre.",
  "problem.challenge_failed": "Cette clé d’accès n’a pas été acceptée. Réessayez.",

  "problem.not_authenticated": "Votre session a pris fin. Reconnectez-vous pour continuer.",
  "problem.otp_not_requested":
    "Ce code a déjà servi, ou a été demandé dans un autre navigateur. Demandez-en un nouveau. Si cela ne suffit pas, autorisez les cookies de ce site.",
  "problem.sign_in_not_begun":
    "Cette connexion n’a pas commencé dans ce navigateur. Rechargez la page et réessayez. Si cela ne suffit pas, autorisez les cookies de ce site.",
  "problem.otp_expired": "Ce code n’est plus valable. Demandez-en un nouveau.",
  "problem.otp_attempts_exceeded": "Trop de codes erronés. Demandez-en un nouveau.",
  "problem.passkey_required":
    "Il faut une clé d’accès pour cela. Créez-en une dans votre compte, puis réessayez.",
  "problem.no_account": "Cette adresse e-mail ne permet pas de se connecter ici. Utilisez-en une autre.",
  "problem.email_taken": "Un autre compte utilise déjà cette adresse e-mail. Utilisez-en une autre.",
  "problem.step_up_required":
    "Votre connexion remonte à un moment. Confirmez que c’est bien vous, puis réessayez.",
  "problem.limited_session":
    "Vous avez utilisé un code. Pour cela, confirmez avec votre clé d’accès, ou lancez la récupération si vous l’avez perdue.",
  "problem.recovery_not_needed": "Vous pouvez le faire sans récupération.",
  "problem.recovery_not_found": "Il n’y a plus de récupération en cours.",
  "problem.session_not_found": "Cette session a déjà pris fin.",
  "problem.passkey_not_found": "Cette clé d’accès n’est plus dans votre compte.",
  "problem.passkey_limit_reached":
    "Votre compte ne peut pas avoir plus de clés d’accès. Supprimez-en d’abord une.",
  "problem.tenant_misconfigured":
    "Les clés d’accès ne peuvent pas servir à cela pour le moment. Réessayer ne sert à rien\u00a0: adressez-vous aux responsables de ce site et indiquez {requestId}.",

  "time.now": "à l’instant",
};
