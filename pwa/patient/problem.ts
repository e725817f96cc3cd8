/** What to tell the person when a call did not work: plain words and what to do next. */
import type { Problem } from "../shared/api.ts";
import { t } from "./i18n/t.ts";

export function problemText(problem: Problem): string {
  if (problem.kind === "network") return t("no_network");
  if (problem.status === 429) return t("too_many");
  if (problem.kind === "unavailable") return t("unavailable");
  return t("unexpected");
}
