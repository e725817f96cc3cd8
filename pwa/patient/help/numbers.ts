/** The help numbers by country, the server's own table, bundled so that they need no network. */
import rows from "../../../server/patients/library/help_numbers.json" with { type: "json" };
import { currentLanguage } from "../../shared/i18n/language.ts";
import type { Line } from "../types.ts";

interface Row {
  country: string;
  kind: string;
  number: string;
  label: Record<string, string>;
  note?: Record<string, string>;
}

const table: readonly Row[] = rows;

export const countries: readonly string[] = [...new Set(table.map((row) => row.country))];

export function helpIn(country: string): { emergency: string | null; crisis: Line[] } | undefined {
  const own = table.filter((row) => row.country === country);
  if (own.length === 0) return undefined;
  const language = currentLanguage();
  const crisis = own
    .filter((row) => row.kind === "crisis")
    .map(({ number, label, note }) => ({ number, label: label[language] ?? "", note: note?.[language] ?? null }));
  return { emergency: own.find((row) => row.kind === "emergency")?.number ?? null, crisis };
}
