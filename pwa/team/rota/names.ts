import { currentLanguage } from "../../shared/i18n/language.ts";
import { t } from "../i18n/t.ts";
import type { Rota } from "../types.ts";

/** Groups in the order in which they are called: `Omar and Nora, then Lena`. */
export function named(groups: readonly (readonly string[])[]): string {
  const list = new Intl.ListFormat(currentLanguage());
  return groups.map((group, n) => (n ? t("rota_then", { names: list.format(group) }) : list.format(group))).join(", ");
}

export function nameOf(rota: Rota, id: string): string {
  return rota.people.find((one) => one.id === id)?.name ?? "";
}
