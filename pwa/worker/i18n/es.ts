/** The same in Spanish. */
export const es = {
  title: "Preguntas",
  body: "Abra la aplicación para ver si hay algo para usted.",
} as const;
