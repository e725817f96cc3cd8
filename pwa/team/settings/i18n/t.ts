import { translator } from "../../../shared/i18n/translate.ts";
import { en, type Key } from "./en.ts";
import { es } from "./es.ts";

export const st = translator<Key>({ en, es });
