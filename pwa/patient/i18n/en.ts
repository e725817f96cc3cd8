/** The patient app in English, written for a tired reader: short words, one idea a sentence. */
export const en = {
  app_name: "Check-ins",
  help_now: "Get help now",
} as const;

export type Key = keyof typeof en;
