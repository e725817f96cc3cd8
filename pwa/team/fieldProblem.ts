import { fieldMessage, type Problem } from "../shared/api.ts";
import { currentLanguage } from "../shared/i18n/language.ts";
import { codesEs } from "./i18n/codes.es.ts";
import { t } from "./i18n/t.ts";
import { said } from "./said.ts";

/** What is wrong with a field. The server says it in English; other languages have sentences of their own. */
export function fieldProblem(problem: Problem | undefined, field: string): string | undefined {
  const message = fieldMessage(problem, field);
  if (!message || currentLanguage() === "en") return message;
  const spoken = said(message);
  if (spoken !== message) return spoken;
  return codesEs[`wrong.${field}`] ?? t("wrong_entry");
}
