import { useId } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { Notice, useNotice } from "../parts/notice.tsx";
import type { Alert } from "../types.ts";
import { AlertActions } from "./actions.tsx";
import { CallRow } from "./callRow.tsx";
import { DeadlineClock } from "./deadline.tsx";
import { Evidence } from "./evidence.tsx";
import { pagesAtNight } from "./facts.ts";
import { AlertHead } from "./head.tsx";
import { ScriptCard } from "./script.tsx";

interface CardProps {
  alert: Alert;
  /** 1 when the alert is the whole page. */
  level?: 1 | 2;
}

/** One alert, laid out to be acted on in ten seconds. Calmer ones keep their details folded in the queue. */
export function AlertCard({ alert, level = 2 }: CardProps) {
  const id = useId();
  const problem = useNotice(alert);
  const unfolded = level === 1 || (pagesAtNight(alert.tier) && alert.state !== "in_follow_up");
  return (
    <article class={`alert alert-${alert.tier} alert-${alert.state}`} aria-labelledby={id} data-testid="alert">
      <div class="alert-head">
        <AlertHead alert={alert} id={id} level={level} />
        <CallRow alert={alert} key={alert.tier} />
      </div>
      <div class="alert-act">
        <DeadlineClock alert={alert} />
        <Notice text={problem} />
        <AlertActions alert={alert} />
      </div>
      <div class="alert-evidence">
        {unfolded ? (
          <Evidence alert={alert} />
        ) : (
          <details class="fold">
            <summary>{t("details")}</summary>
            <Evidence alert={alert} />
          </details>
        )}
      </div>
      <div class="alert-script">{alert.state !== "closed" && <ScriptCard alert={alert} />}</div>
    </article>
  );
}
