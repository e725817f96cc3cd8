import { translator } from "../../../shared/i18n/translate.ts";
import { en, type Key } from "./en.ts";
import { es } from "./es.ts";

export const t = translator<Key>({ en, es });

/** A word for what the server names, or the name itself. */
export const known = (key: string, otherwise: string): string => {
  const word = t(key as Key);
  return word === key ? otherwise : word;
};
