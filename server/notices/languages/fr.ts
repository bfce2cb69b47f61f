/** Notices in French. */
import type { NoticeLanguage } from "./words.ts";

export const french: NoticeLanguage = {
  direction: "ltr",
  mail: {
    subjects: {
      passkey_added: (app) => `Une clé d’accès a été ajoutée à votre compte ${app}`,
      passkey_removed: (app) => `Une clé d’accès a été supprimée de votre compte ${app}`,
      authenticator_added: (app) => `Un nouveau moyen de confirmation a été ajouté à votre compte ${app}`,
      new_browser: (app) => `Nouvelle connexion à votre compte ${app}`,
      email_changed: (app) => `L’adresse e-mail de votre compte ${app} a été changée`,
      recovery_began: (app) => `Une récupération de votre compte ${app} est lancée`,
      account_deleted: (app) => `Votre compte ${app} a été supprimé`,
    },
    other: (app) => `Quelque chose a été modifié dans votre compte ${app}`,
    when: "Quand\u00a0",
    what: "Quoi\u00a0",
    where: "Navigateur\u00a0",
    on: (browser, system) => `${browser} sur ${system}`,
    by: {
      user: null,
      support: "C’est notre service d’assistance qui l’a fait.",
      elsewhere: "Cela n’a pas été fait sur nos propres pages.",
    },
    fine: "Si c’était vous, vous n’avez rien à faire.",
    notMe: (also) =>
      `Si ce n’était pas vous, ouvrez cette page. Vous pourrez y fermer toutes vos sessions${also === "passkey" ? " et supprimer la clé d’accès" : ""}${also === "address" ? " et rétablir l’ancienne adresse" : ""}\u00a0:`,
    withoutLink:
      "Si ce n’était pas vous, connectez-vous, vérifiez vos clés d’accès et vos sessions, et prévenez-nous.",
    deleted: "Si ce n’était pas vous, prévenez-nous.",
  },
  page: {
    title: "Ce n’était pas moi",
    ask: "Une autre personne utilise peut-être votre compte. Fermez toutes les sessions, sur tous les navigateurs et appareils. Vous pourrez vous reconnecter ensuite.",
    askWithPasskey:
      "Une autre personne a peut-être ajouté une clé d’accès à votre compte. Fermez toutes les sessions, sur tous les navigateurs et appareils, et supprimez cette clé d’accès. Vous pourrez vous reconnecter ensuite.",
    askWithAddress:
      "Une autre personne a peut-être changé l’adresse e-mail de votre compte. Fermez toutes les sessions, sur tous les navigateurs et appareils, et rétablissez l’ancienne adresse. Vous pourrez ensuite vous connecter avec elle.",
    confirm: "Fermer toutes les sessions",
    confirmWithPasskey: "Fermer toutes les sessions et supprimer la clé d’accès",
    confirmWithAddress: "Fermer toutes les sessions et rétablir l’ancienne adresse",
    done: "Toutes les sessions sont fermées, sur tous les navigateurs et appareils.",
    doneWithPasskey: "Toutes les sessions sont fermées, et la clé d’accès est supprimée.",
    doneWithAddress: "Toutes les sessions sont fermées, et le compte a retrouvé son ancienne adresse e-mail.",
    restored: "Le compte a retrouvé son ancienne adresse e-mail.",
    notEnded: "Les sessions n’ont pas pu être fermées ici. Prévenez-nous pour que nous le fassions.",
    next: "Connectez-vous et vérifiez vos clés d’accès. Si vous recevez des codes par e-mail, assurez-vous que personne d’autre ne lit vos messages.",
    toApp: "Aller à la connexion",
    invalid: "Ce lien est trop ancien, ou il a déjà été utilisé.",
    unavailable:
      "Cela ne fonctionne pas pour le moment. Rien n’a été modifié. Réessayez dans quelques minutes.",
  },
};
