import { currentLanguage } from "../shared/i18n/language.ts";
import { saidEs } from "./i18n/said.es.ts";

/** Says sentences of the server in the reader's language; one without a translation stays as it is. */
export function saying(inSpanish: Readonly<Record<string, string>>): (sentence: string) => string {
  let made: [RegExp, string][] | undefined;
  return (sentence) => {
    if (currentLanguage() === "en") return sentence;
    const exact = inSpanish[sentence];
    if (exact) return exact;
    made ??= patterns(inSpanish);
    for (const [pattern, translation] of made) {
      const filled = pattern.exec(sentence);
      if (filled) return translation.replace(/\{(\d)\}/g, (_, n: string) => filled[Number(n)] ?? "");
    }
    return sentence;
  };
}

export const said = saying(saidEs);

function patterns(inSpanish: Readonly<Record<string, string>>): [RegExp, string][] {
  return Object.entries(inSpanish)
    .filter(([sentence]) => sentence.includes("{}"))
    .map(([sentence, translation]) => [new RegExp(`^${sentence.split("{}").map(literal).join("(.+)")}$`), translation]);
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
