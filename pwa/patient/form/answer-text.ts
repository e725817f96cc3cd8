import { t } from "../i18n/t.ts";
import type { Item, Value } from "../types.ts";

/** An answer in the words of its question. */
export function answerText(item: Item, value: Value): string {
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "number") return item.unit ? `${value} ${item.unit}` : String(value);
  const words = [value].flat().map((one) => item.options?.find((option) => option.value === one)?.text ?? one);
  return words.join(", ");
}
