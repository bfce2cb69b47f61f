/** Notices in Spanish. */
import type { NoticeLanguage } from "./words.ts";

export const spanish: NoticeLanguage = {
  direction: "ltr",
  mail: {
    subjects: {
      passkey_added: (app) => `Se ha añadido una llave de acceso a su cuenta de ${app}`,
      passkey_removed: (app) => `Se ha eliminado una llave de acceso de su cuenta de ${app}`,
      authenticator_added: (app) => `Su cuenta de ${app} tiene una nueva forma de confirmación`,
      new_browser: (app) => `Nuevo inicio de sesión en su cuenta de ${app}`,
      email_changed: (app) => `Se ha cambiado el correo de su cuenta de ${app}`,
      recovery_began: (app) => `Ha comenzado una recuperación de su cuenta de ${app}`,
      account_deleted: (app) => `Se ha eliminado su cuenta de ${app}`,
    },
    other: (app) => `Se ha cambiado algo en su cuenta de ${app}`,
    when: "Cuándo",
    what: "Qué",
    where: "Navegador",
    on: (browser, system) => `${browser} en ${system}`,
    by: {
      user: null,
      support: "Lo ha hecho nuestro equipo de asistencia.",
      elsewhere: "No se ha hecho en nuestras propias páginas.",
    },
    fine: "Si fue usted, no tiene que hacer nada.",
    notMe: (also) =>
      `Si no fue usted, abra esta página. En ella puede cerrar todas las sesiones${also === "passkey" ? " y eliminar la llave de acceso" : ""}${also === "address" ? " y recuperar el correo anterior" : ""}:`,
    withoutLink: "Si no fue usted, inicie sesión, revise sus llaves de acceso y sus sesiones, y avísenos.",
    deleted: "Si no fue usted, avísenos.",
  },
  page: {
    title: "No fui yo",
    ask: "Puede que otra persona esté usando su cuenta. Cierre la sesión en todos los navegadores y dispositivos. Después podrá iniciar sesión de nuevo.",
    askWithPasskey:
      "Puede que otra persona haya añadido una llave de acceso a su cuenta. Cierre la sesión en todos los navegadores y dispositivos, y elimine esa llave de acceso. Después podrá iniciar sesión de nuevo.",
    askWithAddress:
      "Puede que otra persona haya cambiado el correo de su cuenta. Cierre la sesión en todos los navegadores y dispositivos, y recupere el correo anterior. Después podrá iniciar sesión con él.",
    confirm: "Cerrar todas las sesiones",
    confirmWithPasskey: "Cerrar todas las sesiones y eliminar la llave de acceso",
    confirmWithAddress: "Cerrar todas las sesiones y recuperar el correo anterior",
    done: "Se ha cerrado la sesión en todos los navegadores y dispositivos.",
    doneWithPasskey:
      "Se ha cerrado la sesión en todos los navegadores y dispositivos, y se ha eliminado la llave de acceso.",
    doneWithAddress:
      "Se ha cerrado la sesión en todos los navegadores y dispositivos, y la cuenta tiene de nuevo su correo anterior.",
    restored: "La cuenta tiene de nuevo su correo anterior.",
    notEnded: "Aquí no se han podido cerrar las sesiones. Avísenos para que lo hagamos.",
    next: "Inicie sesión y revise sus llaves de acceso. Si recibe códigos por correo, asegúrese de que nadie más lea su buzón.",
    toApp: "Ir a iniciar sesión",
    invalid: "Este enlace es demasiado antiguo o ya se ha usado.",
    unavailable: "No funciona en este momento. No se ha cambiado nada. Inténtelo de nuevo en unos minutos.",
  },
};
