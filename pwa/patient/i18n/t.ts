/**
 * English is part of the app. Other languages come in files of their own, so that nobody loads words they do not
 * read; without such a file English is spoken.
 */
import { setLanguage, type Language } from "../../shared/i18n/language.ts";
import { translator, type Catalogue } from "../../shared/i18n/translate.ts";
import { en, type Key } from "./en.ts";

const catalogues: Record<Language, Catalogue<Key>> = { en, es: en };
let wanted: Language = "en";

export const t = translator<Key>(catalogues);

/** Changes over once the words are here; keeps the language there is when they cannot be loaded. */
export async function speakIn(language: Language): Promise<void> {
  wanted = language;
  if (language === "es" && catalogues.es === en) {
    const loaded = await import("./es.ts").catch(() => undefined);
    if (!loaded) return;
    catalogues.es = loaded.es;
  }
  if (wanted === language) setLanguage(language);
}
