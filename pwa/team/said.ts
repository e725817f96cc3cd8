import { currentLanguage } from "../shared/i18n/language.ts";
import { saidEs } from "./i18n/said.es.ts";

/** A sentence of the server in the reader's language; one without a translation stays as it is. */
export function said(sentence: string): string {
  if (currentLanguage() === "en") return sentence;
  const exact = saidEs[sentence];
  if (exact) return exact;
  for (const [pattern, translation] of patterns()) {
    const filled = pattern.exec(sentence);
    if (filled) return translation.replace(/\{(\d)\}/g, (_, n: string) => filled[Number(n)] ?? "");
  }
  return sentence;
}

let made: [RegExp, string][] | undefined;

function patterns(): [RegExp, string][] {
  made ??= Object.entries(saidEs)
    .filter(([sentence]) => sentence.includes("{}"))
    .map(([sentence, translation]) => [new RegExp(`^${sentence.split("{}").map(literal).join("(.+)")}$`), translation]);
  return made;
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
