import type { Item, Value } from "../types.ts";

/** The typed value as the answer it stands for, or undefined when it is none. */
export function readEntry(item: Item, text: string): Value | undefined {
  const trimmed = text.trim();
  if (!trimmed) return undefined;
  if (item.type === "date" || item.type === "time" || item.type === "text") return trimmed;
  const number = Number(trimmed.replace(",", "."));
  const whole = item.type === "decimal" || Number.isInteger(number);
  const inside = number >= (item.min ?? -Infinity) && number <= (item.max ?? Infinity);
  return Number.isFinite(number) && whole && inside ? number : undefined;
}
