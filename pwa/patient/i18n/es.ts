import type { Catalogue } from "../../shared/i18n/translate.ts";
import type { Key } from "./en.ts";

export const es: Catalogue<Key> = {
  app_name: "Controles",
  help_now: "Pedir ayuda ahora",
};
