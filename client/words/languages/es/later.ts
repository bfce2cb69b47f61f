/** Las palabras de todas las demás vistas y de las ceremonias fallidas, en español. */
import type { LaterMessages } from "../../messages.ts";
import { account } from "./account.ts";

export const later: LaterMessages = {
  "app.language": "Idioma",

  "welcome.title": "Hola de nuevo",
  "welcome.otherAccount": "Usar otra cuenta",
  "welcome.forget": "Olvidarme en este dispositivo",
  "welcome.otherPerson":
    "Ha usado la llave de acceso de otra cuenta: la sesión que se ha abierto es la de esa cuenta.",
  "welcome.forgotten": "Este dispositivo ya no recuerda {email}.",

  "signIn.emailAccents": "Antes de la @, una dirección solo puede tener letras sin acento.",
  "signIn.otherDevice": "Usar un teléfono o una llave de seguridad",
  "signIn.signedOut": "Ha cerrado la sesión.",
  "signIn.sessionEnded": "Su sesión ha terminado. Inicie sesión de nuevo para continuar.",
  "signIn.sessionNotKept":
    "Este navegador no mantiene su sesión. Permita las cookies de este sitio y vuelva a iniciar sesión.",

  "ceremony.finishing": "Iniciando su sesión…",
  "ceremony.confirming": "Confirmando…",
  "ceremony.saving": "Guardando su llave de acceso…",

  "otp.title": "Revise su correo",
  "otp.sentTo": "Hemos enviado un código a {email}.",
  "otp.lifetime": {
    one: "El código es válido durante un minuto.",
    other: "El código es válido durante {count} minutos.",
  },
  "otp.expired": "El código ha caducado. Pida uno nuevo.",
  "otp.code": "Código",
  "otp.continue": "Continuar",
  "otp.resend": "Enviar un código nuevo",
  "otp.resent": "Le hemos enviado un código nuevo. Solo es válido el más reciente.",
  "otp.otherAddress": "Usar otra dirección",
  "otp.codeMissing": "Escriba el código del correo.",
  "otp.codeMalformed": "Un código tiene de 6 a 8 cifras.",
  "otp.checking": "Comprobando el código…",
  "problem.otp_incorrect": "Ese no es el código que enviamos.",
  "otp.attemptsLeft": {
    one: "Ese no es el código que enviamos. Le queda un intento.",
    other: "Ese no es el código que enviamos. Le quedan {count} intentos.",
  },

  "offer.title": "¿Crear una llave de acceso?",
  "offer.lead": "La próxima vez, inicie sesión en segundos con su huella, su cara o el bloqueo de pantalla.",
  "offer.titleHere": "¿Crear una llave de acceso en este dispositivo?",
  "offer.leadHere":
    "Ha iniciado sesión con la llave de acceso de otro dispositivo. Con una en este dispositivo, no necesitará el otro.",
  "offer.fast": "Inicia su sesión en segundos",
  "offer.safe": "Solo funciona en este sitio: un sitio falso no puede usarla",
  "offer.private": "Su huella y su cara nunca salen de su dispositivo",
  "offer.shared":
    "Quien pueda desbloquear este dispositivo podrá iniciar sesión. Omita este paso en un dispositivo compartido.",
  "offer.create": "Crear una llave de acceso",
  "offer.tooLate": "Esta propuesta ha caducado. Puede añadir una llave de acceso aquí en cualquier momento.",
  "offer.more": "¿Por qué una llave de acceso?",
  "offer.skip": "Ahora no",
  "offer.never": "No volver a preguntar",
  "offer.created": "Llave de acceso creada. La próxima vez podrá iniciar sesión con ella.",

  "about.title": "Acerca de las llaves de acceso",
  "about.what": "¿Qué es una llave de acceso?",
  "about.whatText":
    "Una llave de acceso sustituye a una contraseña. Su dispositivo la guarda y solo la usa después de que usted lo desbloquee, con su huella, su cara o el bloqueo de pantalla. No tiene que recordar nada, y en nuestros servidores no hay ningún secreto que se pueda robar.",
  "about.where": "¿Dónde se guardan las llaves de acceso?",
  "about.whereText":
    "En el gestor de contraseñas de su dispositivo, por ejemplo Contraseñas de Apple, el Gestor de contraseñas de Google o Windows Hello, o en uno que haya instalado. La mayoría sincroniza sus llaves de acceso en todos sus dispositivos. Una llave de seguridad las guarda en la propia llave.",

  ...account,

  "idle.title": "¿Sigue ahí?",
  "idle.lead": {
    one: "No ha hecho nada aquí desde hace un rato. Su sesión se cerrará en un minuto.",
    other: "No ha hecho nada aquí desde hace un rato. Su sesión se cerrará en {count} minutos.",
  },
  "idle.stay": "Mantener la sesión abierta",

  "dialog.close": "Cerrar",
  "add.title": "Añadir una llave de acceso",
  "add.lead": "¿Dónde se guardará la nueva llave de acceso?",
  "add.here": "Este dispositivo",
  "add.hereText": "Se desbloquea con su huella, su cara o el bloqueo de pantalla.",
  "add.securityKey": "Llave de seguridad",
  "add.securityKeyText": "Una llave que se conecta o se acerca al teléfono.",

  "delete.title": "¿Eliminar la llave de acceso «{name}»?",
  "delete.lead": "Ya no podrá iniciar sesión con esta llave de acceso.",
  "delete.leadLast":
    "Es su única llave de acceso. Sin ella, iniciará sesión con un código por correo, que tarda más y que un sitio falso puede obtener.",
  "delete.leadOnlyWay": "Es su única llave de acceso. Sin ella, no podrá iniciar sesión en esta página.",
  "delete.copy":
    "Su gestor de contraseñas quizá guarde una copia que ya no funciona. Para quitarla también de allí, abra las contraseñas de su dispositivo o navegador, busque este sitio y elimine la llave de acceso.",
  "delete.copyIn":
    "{provider} quizá guarde una copia que ya no funciona. Para quitarla también de allí, abra {place}, busque este sitio y elimine la llave de acceso.",
  "delete.confirm": "Eliminar llave",

  "place.apple": "la app Contraseñas (o Ajustes › Contraseñas)",
  "place.google": "passwords.google.com (o Ajustes › Google › Gestor de contraseñas)",
  "place.windows": "Configuración › Cuentas › Claves de acceso",
  "place.chrome": "chrome://password-manager",
  "place.app": "{provider}",

  "stepUp.title": "Confirme que es usted",
  "stepUp.lead": "Inició sesión como {email} hace un rato. Confirme que es usted para continuar.",
  "stepUp.leadLimited":
    "Ha iniciado sesión como {email} con un código. Confirme con su llave de acceso para continuar.",
  "stepUp.passkey": "Usar su llave de acceso",
  "stepUp.email": "Recibir un código por correo",
  "stepUp.noMethod": "Para esto, cierre la sesión y vuelva a iniciarla.",

  "failure.cancelled": "No se ha usado ninguna llave de acceso. Inténtelo de nuevo o continúe por correo.",
  "failure.cancelledAlone": "No se ha usado ninguna llave de acceso. Inténtelo de nuevo.",
  "failure.noneHere":
    "No se ha usado ninguna llave de acceso. Continúe por correo, o use un teléfono o una llave de seguridad.",
  "failure.noneHereAlone":
    "No se ha usado ninguna llave de acceso. Puede usar un teléfono o una llave de seguridad.",
  "failure.misconfigured":
    "Las llaves de acceso no están configuradas para la dirección de este sitio. Continúe por correo.",
  "failure.unsupported": "Este dispositivo no puede usar llaves de acceso. Continúe por correo.",
  "failure.busy":
    "Hay otra solicitud de llave de acceso abierta. Ciérrela e inténtelo de nuevo, o continúe por correo.",
  "failure.authenticatorFailed":
    "Su dispositivo no ha podido terminar. Inténtelo de nuevo o continúe por correo.",
  "problem.challenge_expired": "Ha tardado demasiado. Inténtelo de nuevo.",
  "failure.unknownCredential": "Esta llave de acceso se quitó de su cuenta. Continúe por correo.",
  "failure.refused": "Esta llave de acceso no se ha aceptado. Inténtelo de nuevo o continúe por correo.",
  "failure.notCreated": "No se ha creado. Puede hacerlo más tarde en su cuenta.",
  "failure.alreadyRegistered": "Ya tiene una llave de acceso en este dispositivo.",
  "failure.alreadyRegisteredOnKey": "Ya tiene una llave de acceso en esta llave de seguridad.",
  "failure.misconfiguredCreate":
    "Las llaves de acceso no están configuradas para la dirección de este sitio.",
  "failure.unsupportedCreate": "Este dispositivo no puede crear llaves de acceso.",
  "failure.unsupportedOnKey":
    "Esta llave de seguridad no puede guardar llaves de acceso. Pruebe otra o use este dispositivo.",
  "failure.busyCreate": "Hay otra solicitud de llave de acceso abierta. Ciérrela e inténtelo de nuevo.",
  "failure.authenticatorFailedCreate": "Su dispositivo no ha podido terminar. Inténtelo de nuevo.",
  "failure.refusedCreate": "No se ha podido guardar la llave de acceso. Inténtelo de nuevo.",
  "failure.notConfirmed": "No se ha confirmado. Inténtelo de nuevo.",
  "failure.unsupportedAlone": "Este dispositivo no puede usar llaves de acceso.",
  "failure.unknownCredentialAlone": "Esta llave de acceso se quitó de su cuenta. Use otra.",
  "problem.challenge_failed": "Esta llave de acceso no se ha aceptado. Inténtelo de nuevo.",

  "problem.not_authenticated": "Su sesión ha terminado. Inicie sesión de nuevo para continuar.",
  "problem.otp_not_requested":
    "Este código ya se usó o se pidió en otro navegador. Pida uno nuevo. Si no funciona, permita las cookies de este sitio.",
  "problem.sign_in_not_begun":
    "Este inicio de sesión no comenzó en este navegador. Vuelva a cargar la página e inténtelo de nuevo. Si no funciona, permita las cookies de este sitio.",
  "problem.otp_expired": "Este código ha caducado. Pida uno nuevo.",
  "problem.otp_attempts_exceeded": "Demasiados códigos incorrectos. Pida uno nuevo.",
  "problem.passkey_required":
    "Para esto necesita una llave de acceso. Cree una en su cuenta e inténtelo de nuevo.",
  "problem.no_account": "Con este correo electrónico no puede iniciar sesión aquí. Use otro.",
  "problem.email_taken": "Otra cuenta usa este correo electrónico. Use otro.",
  "problem.step_up_required": "Inició sesión hace un rato. Confirme que es usted e inténtelo de nuevo.",
  "problem.limited_session":
    "Inició sesión con un código. Confirme con su llave de acceso para hacer esto, o inicie la recuperación si la ha perdido.",
  "problem.recovery_not_needed": "Puede hacerlo sin una recuperación.",
  "problem.recovery_not_found": "Ya no hay ninguna recuperación en curso.",
  "problem.session_not_found": "Esa sesión ya ha terminado.",
  "problem.passkey_not_found": "Esta llave de acceso ya no está en su cuenta.",
  "problem.passkey_limit_reached": "Su cuenta no puede tener más llaves de acceso. Elimine una primero.",
  "problem.tenant_misconfigured":
    "Por ahora no se pueden usar llaves de acceso para esto. Intentarlo de nuevo no servirá: avise a los responsables de este sitio e indique {requestId}.",

  "time.now": "ahora mismo",
};
