import type { Catalogue } from "../../shared/i18n/translate.ts";
import type { Key } from "./en.ts";

/** The demo page in Spanish. */
export const es: Catalogue<Key> = {
  title: "Demostración de Afterglow",
  intro: "Una clínica, sus teléfonos y su reloj en una sola máquina. No se llama a nadie de verdad.",
  messages: "Los teléfonos",
  nobody: "Aún no hay mensajes. Adelante el reloj o registre una sesión.",
  all: "Todos",
  show_for: "Mostrar mensajes para",
  to: "a {to}",
  reply_from: "Responder por SMS desde {who}",
  reply_hint: "Quien recibe un aviso toma la alerta con OK y su código, o la pasa con NO y su código.",
  reply_send: "Enviar",
  reply_none: "Enviado. No tiene respuesta.",
  lost: "La demostración no responde. ¿Sigue en marcha?",
  clock: "El reloj",
  care_time: "Hora del cuidado",
  care_time_hint:
    "Los controles y avisos siguen esta hora (la clínica está en Nueva York). Avanza sola; los botones la adelantan.",
  plus: "+{length}",
  turning: "Adelantando el reloj: lo que toca por el camino ocurre ahora.",
  turned: "Listo.",
  turn_failed: "No se pudo adelantar el reloj. Inténtelo de nuevo.",
  accounts: "Entre como",
  password: "Contraseña",
  nurse: "enfermería",
  clinician: "médico",
  admin: "administración",
  try: "Qué probar",
  try_1:
    "Abra la {team} en otra ventana y entre como Nora. Abra a Ben Carter y registre su sesión: acaba de terminar, sale ahora.",
  try_2: "Adelante el reloj 1 h. Aquí llega un mensaje: toque el enlace y responda como Ben.",
  try_3:
    "Responda algo malo, como dolor de pecho. En un segundo Nora ve la alerta y aquí llega el aviso a su teléfono.",
  try_4: "No haga nada y adelante 15 min: los avisos suben por la lista. Después confirme y cierre la alerta.",
  try_5: "Adelante 24 h sin responder: el silencio también se nota.",
  team: "aplicación del equipo",
  length_min: "{n} min",
  length_h: "{n} h",
};
