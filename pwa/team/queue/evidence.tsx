import { codeWord, t } from "../i18n/t.ts";
import { useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import { TierMark } from "../parts/tier.tsx";
import type { Alert } from "../types.ts";
import { sentences, trends, type Trend } from "./facts.ts";
import { whatHappened } from "./head.tsx";

/** Lines 2 to 5 (being alone stands in line 1): the rules' sentences, risk flags, last answers, what the patient was told. Lines without data are left out. */
export function Evidence({ alert }: { alert: Alert }) {
  return (
    <>
      <Rules alert={alert} />
      <OwnWords alert={alert} />
      <Risks risks={alert.session?.risk.filter((risk) => risk !== "alone_tonight") ?? []} />
      <Answers alert={alert} />
      <Told alert={alert} />
      <Holder alert={alert} />
    </>
  );
}

function Rules({ alert }: { alert: Alert }) {
  const shown = sentences(alert).filter((rule) => rule.text !== whatHappened(alert));
  if (!shown.length) return null;
  return (
    <ul class="rules">
      {shown.map((rule) => (
        <li key={rule.text}>
          {rule.tier !== alert.tier && <TierMark tier={rule.tier} />} {rule.text}
        </li>
      ))}
    </ul>
  );
}

/** What the patient wrote, newest first. */
function OwnWords({ alert }: { alert: Alert }) {
  const written = (alert.recent_answers ?? []).filter(({ text }) => text);
  return (
    <>
      {written.map(({ text, answered_at }) => (
        <blockquote class="quote" key={answered_at}>
          “{text}”
        </blockquote>
      ))}
    </>
  );
}

function Risks({ risks }: { risks: string[] }) {
  if (!risks.length) return null;
  return (
    <ul class="risks" aria-label={t("risks")}>
      {risks.map((risk) => (
        <li key={risk}>{codeWord("risk", risk)}</li>
      ))}
    </ul>
  );
}

function Answers({ alert }: { alert: Alert }) {
  const rows = trends(alert.recent_answers ?? []);
  const telling = rows.filter((row) => row.tier && row.tier !== "routine");
  const rest = rows.filter((row) => !telling.includes(row));
  if (!rows.length) return null;
  return (
    <div class="answers">
      <p class="answers-title">{t("last_answers")}</p>
      {telling.length > 0 && <TrendList rows={telling} />}
      {rest.length > 0 && (
        <details>
          <summary>{t(telling.length ? "more_answers" : "answers", { count: rest.length })}</summary>
          <TrendList rows={rest} />
        </details>
      )}
    </div>
  );
}

function TrendList({ rows }: { rows: Trend[] }) {
  return (
    <dl class="trends">
      {rows.map((row) => (
        <div key={row.item}>
          <dt>{row.text}</dt>
          <dd>
            {row.values.map((value, at) => (
              <span key={at}>
                {at > 0 && <span class="arrow">{" → "}</span>}
                <span class={at === row.values.length - 1 ? "value-last" : "value"}>{value}</span>
              </span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Told({ alert }: { alert: Alert }) {
  const told = alert.told_patient ?? [];
  const sent = alert.messages;
  if (!told.length && !sent?.sent) return null;
  return (
    <div class="told">
      {told.length > 0 && (
        <p>
          <span class="soft">{t("told_patient")}</span> {told.map((text) => `“${text}”`).join(" ")}
        </p>
      )}
      {sent && sent.sent > 0 && (
        <p class="soft">{t("messages_delivered", { delivered: sent.delivered, sent: sent.sent })}</p>
      )}
    </div>
  );
}

function Holder({ alert }: { alert: Alert }) {
  const { time_zone: zone } = useMe().clinic;
  const now = careNow();
  const { acknowledged_by: holder, acknowledged_at: since } = alert;
  const reached = alert.reached_at;
  return (
    <>
      {holder && since && alert.state !== "closed" && (
        <p class="holder">{t("held_by", { name: holder.name, time: dayAndTime(since, zone, now) })}</p>
      )}
      {reached && <p class="holder">{t("reached_at", { time: dayAndTime(reached, zone, now) })}</p>}
      {alert.exhausted && alert.state === "open" && <p class="notice notice-bad">{t(`exhausted_${alert.paged_again}`)}</p>}
    </>
  );
}
