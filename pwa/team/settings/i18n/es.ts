import type { Key } from "./en.ts";

export const es: Record<Key, string> = {
  change: "Cambiar contacto",
  change_name: "Cambiar contacto: {name}",
  email_hint: "Con él inicia sesión y a él llegan los avisos.",
  phone_now: "Ahora {phone}. Deje esto vacío para conservarlo.",
  phone_none: "Aún no hay número. Cuando lo haya, los avisos irán también por mensaje de texto.",
  save: "Guardar contacto",
  email_taken: "Este correo no se puede usar. Ponga otro.",
  untested: "Guardado. Un número o correo nuevo no está verificado hasta que {name} reciba allí un aviso de prueba.",
  to_test: "Enviar un aviso de prueba",
};
