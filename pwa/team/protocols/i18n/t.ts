import { translator } from "../../../shared/i18n/translate.ts";
import { en, type Key } from "./en.ts";
import { es } from "./es.ts";

export const t = translator<Key>({ en, es });
