/** The bundled help numbers by country. */
import { currentLanguage } from "../../shared/i18n/language.ts";
import type { Line } from "../types.ts";
import rows from "./numbers.json" with { type: "json" };

interface Row {
  country: string;
  emergency: string;
  crisis: { label: string; number: string; note?: Record<string, string> }[];
}

export const countries: readonly string[] = rows.map((row) => row.country);

export function helpIn(country: string): { emergency: string; crisis: Line[] } | undefined {
  const row = (rows as Row[]).find((one) => one.country === country);
  if (!row) return undefined;
  const crisis = row.crisis.map(({ label, number, note }) => ({ label, number, note: note?.[currentLanguage()] ?? null }));
  return { emergency: row.emergency, crisis };
}
