import { codeWord, t } from "../i18n/t.ts";
import { useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Alert, AlertEvent } from "../types.ts";

/** What happened to this alert, in order. */
export function History({ alert }: { alert: Alert }) {
  const zone = useMe().clinic.time_zone;
  const events = alert.events as AlertEvent[];
  if (!events.length) return null;
  return (
    <section class="panel">
      <h2>{t("history")}</h2>
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
  return [codeWord("event", kind), why, outcome, detail?.staff?.join(", "), by, text].filter(Boolean).join(" · ");
}
