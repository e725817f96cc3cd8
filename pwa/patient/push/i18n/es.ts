/** The card about notifications in Spanish. */
import type { Catalogue } from "../../../shared/i18n/translate.ts";
import type { Key } from "./en.ts";

export const es: Catalogue<Key> = {
  title: "Avisos en este teléfono",
  why: "Este teléfono puede avisarle cuando sea hora de responder. El aviso no dice nada de su salud.",
  turn_on: "Activar",
  on: "Están activados.",
  try: "Enviar una prueba",
  tried: "Enviada. Aparece en este teléfono en unos segundos.",
  untried: "Ahora no hay conexión. Haga la prueba más tarde.",
  turn_off: "Desactivar",
  blocked: "Este teléfono los bloquea. Puede cambiarlo en sus ajustes. Seguirá recibiendo mensajes de texto.",
  failed: "No funcionó en este teléfono. Seguirá recibiendo mensajes de texto.",
};
