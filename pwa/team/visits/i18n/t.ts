import { currentLanguage } from "../../../shared/i18n/language.ts";
import { translator } from "../../../shared/i18n/translate.ts";
import { said as saidElsewhere } from "../../said.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { saidEs } from "./said.es.ts";

type Key = keyof typeof en;

export const v = translator<Key>({ en, es });

/** A word for a code of the API, such as `feeling.pleasant`. */
export const word = (group: string, code: string | number): string => v(`${group}.${code}` as Key);

const ORDER = /^The \w+ cannot be before the \w+\.$/;

/** A sentence of the server in the reader's language. */
export function said(sentence: string): string {
  if (currentLanguage() === "en") return sentence;
  if (ORDER.test(sentence)) return saidEs["The {} cannot be before the {}."] ?? sentence;
  return saidEs[sentence] ?? saidElsewhere(sentence);
}
