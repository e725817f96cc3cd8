import { t } from "../i18n/t.ts";
import type { Alert } from "../types.ts";
import { pagesAtNight } from "./facts.ts";

type Script = "emergency" | "safety" | "urgent" | "same_day" | "missed";

/** Which three questions to ask: after a silence, about safety, or by tier. */
export function scriptFor(alert: Alert): Script {
  const worst = alert.recent_answers?.[0]?.answers.filter((answer) => answer.tier === alert.tier) ?? [];
  if (alert.missed) return "missed";
  if (worst.some((answer) => answer.item.startsWith("s_") || answer.item === "a_mind")) return "safety";
  return alert.tier === "routine" ? "same_day" : alert.tier;
}

export function ScriptCard({ alert }: { alert: Alert }) {
  const script = scriptFor(alert);
  return (
    <details class="script" open={pagesAtNight(alert.tier) && alert.state !== "in_follow_up"}>
      <summary>{t("script_title")}</summary>
      {alert.unreached && <p class="notice notice-bad">{t("script_unreached")}</p>}
      <ol>
        <li>{t(`script_${script}_1`)}</li>
        <li>{t(`script_${script}_2`)}</li>
        <li>{t(`script_${script}_3`)}</li>
      </ol>
      <p>
        <strong>{t("script_then")}</strong> {t(`script_${script}_then`)}
      </p>
      <p class="soft">{t("script_source")}</p>
    </details>
  );
}
