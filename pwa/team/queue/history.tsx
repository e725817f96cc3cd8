import { useState } from "preact/hooks";
import { get } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Alert, AlertEvent } from "../types.ts";

/** What happened to this alert, in order: the latest first brought along, the rest when asked for. */
export function History({ alert }: { alert: Alert }) {
  const zone = useMe().clinic.time_zone;
  const [before, setBefore] = useState<AlertEvent[] | null>(null);
  const latest = alert.events as AlertEvent[];
  const first = latest[0];
  if (!first) return null;
  const events = before ? [...before.filter(({ at }) => at < first.at), ...latest] : latest;
  const showAll = async () => {
    const result = await get<Alert>(`/api/alerts/${alert.id}`);
    if (result.ok) setBefore(result.data.events as AlertEvent[]);
  };
  return (
    <section class="panel">
      <h2>{t("history")}</h2>
      {!before && alert.earlier_events > 0 && (
        <button type="button" onClick={showAll}>
          {t("events_earlier", { count: alert.earlier_events })}
        </button>
      )}
      <ol class="events">
        {events.map((event, at) => (
          <li key={at}>
            <time dateTime={event.at}>{dayAndTime(event.at, zone, careNow())}</time>
            <span>{eventWords(event)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function eventWords({ kind, by, text, detail }: AlertEvent): string {
  const why = detail?.reason && codeWord("event_reason", detail.reason);
  const outcome = detail?.outcome && codeWord("outcome", detail.outcome);
  const how = detail?.via && codeWord("via", detail.via);
  return [codeWord("event", kind), why, outcome, detail?.staff?.join(", "), by, how, text].filter(Boolean).join(" · ");
}
