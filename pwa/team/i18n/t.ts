import { translator } from "../../shared/i18n/translate.ts";
import { codesEn } from "./codes.en.ts";
import { codesEs } from "./codes.es.ts";
import { en, type Key } from "./en.ts";
import { es } from "./es.ts";
import { currentLanguage } from "../../shared/i18n/language.ts";

export const t = translator<Key>({ en, es });

/** A word for a code of the API, such as `sent_to_emergency_care`; an unknown code is shown with its words apart. */
export function codeWord(group: string, code: string): string {
  const words: Readonly<Record<string, string>> = currentLanguage() === "es" ? codesEs : codesEn;
  const known = words[`${group}.${code}`];
  // An extra check-in carries a number or the key of another one behind: `recheck_1`, `companion_h1`.
  const kind = group === "check_in" ? words[`${group}.${code.split("_")[0]}`] : undefined;
  return known ?? kind ?? code.replaceAll("_", " ");
}
