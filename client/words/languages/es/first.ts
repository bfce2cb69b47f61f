/** Las palabras de la primera vista, en español. */
import type { FirstMessages } from "../../messages.ts";

export const first: FirstMessages = {
  "app.title": "{view} · Meadow",
  "app.direction": "ltr",

  "signIn.title": "Iniciar sesión",
  "signIn.heading": "Iniciar sesión en Meadow",
  "signIn.lead": "Sin contraseña: con una llave de acceso o con un código por correo.",
  "signIn.email": "Correo electrónico",
  "signIn.continue": "Continuar",
  "signIn.or": "o",
  "signIn.passkey": "Usar una llave de acceso",
  "signIn.emailMissing": "Escriba su correo electrónico.",
  "signIn.emailMalformed": "Escriba un correo electrónico como nombre@example.com.",
  "signIn.sending": "Le enviamos un código…",
  "signIn.unsupported": "Este navegador no admite llaves de acceso. Inicie sesión con su correo electrónico.",
  "signIn.elsewhere": "Este navegador no admite llaves de acceso. Inicie sesión donde tenga la suya.",

  "ceremony.waiting": "Esperando a su dispositivo…",
  "ceremony.cancel": "Cancelar",

  "problem.unreachable":
    "No se puede contactar con el servicio de inicio de sesión. Compruebe su conexión e inténtelo de nuevo.",

  "problem.internal_error":
    "Algo ha fallado por nuestra parte. Inténtelo de nuevo. Si se repite, indíquenos {requestId}.",
  "problem.rate_limited": "Demasiados intentos. Inténtelo de nuevo dentro de {time}.",
  "problem.rejected": "Esta página tiene un problema. Vuelva a cargarla e inténtelo de nuevo.",
};
