import type { pausesEn } from "./pauses.en.ts";

/** Words of pauses. */
export const pausesEs: Record<keyof typeof pausesEn, string> = {
  pause: "Pausar las preguntas",
  pause_title: "¿Pausar las preguntas a {name}?",
  pause_text:
    "No se pregunta nada y ninguna respuesta cuenta como perdida. Lo que el paciente nos diga de todos modos se mira como siempre, y lo urgente sigue avisando.",
  pause_why: "Motivo",
  pause_end_date: "Hasta (14 días como mucho)",
  pause_no_end: "No tiene fin. Ya no se envía nada a este paciente ni a su acompañante.",
  pause_deceased: "Lo sentimos. Desde este momento no se envía nada más a este paciente ni a su acompañante.",
  pause_save: "Pausar",
  pause_on: "Las preguntas están en pausa: {reason}.",
  pause_until: "Hasta {time}.",
  pause_until_past: "Terminó {time}.",
  pause_for_good: "Sin fin.",
  pause_by: "La empezó {name}.",
  pause_ended_by: "La terminó {name}.",
  pause_entry: "Preguntas en pausa: {reason}",
  pause_end: "Terminar la pausa",
  pause_end_title: "¿Terminar la pausa ahora?",
  pause_end_text: "Lo que sigue abierto se pregunta otra vez.",
  pause_renew: "Cambiar el final",
  pause_renew_title: "¿Hasta cuándo?",
  pause_date_wrong: "Elija un día posterior, dentro de 14 días como mucho.",
  pause_reason_needed: "Elija un motivo.",
};
