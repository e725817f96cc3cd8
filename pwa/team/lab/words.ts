import { translator } from "../../shared/i18n/translate.ts";
import { en } from "./i18n/en.ts";
import { es } from "./i18n/es.ts";

export const w = translator<keyof typeof en>({ en, es });
