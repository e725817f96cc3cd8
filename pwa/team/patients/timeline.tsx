import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { Loaded } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { clockTime, longDay } from "../time/words.ts";
import { earlier } from "../time/zone.ts";
import type { Page as List, TimelineItem } from "../types.ts";
import { byDay, isComing, willBeAsked } from "./days.ts";
import { Entry } from "./entry.tsx";

/** Everything about one patient in one order: newest first, by day in the clinic's zone, what is coming on top. */
export function Timeline({ patientId, again }: { patientId: string; again: string }) {
  const items = useLoad<List<TimelineItem>>(`/api/patients/${patientId}/timeline`);
  const [messages, setMessages] = useState(true);
  useEffect(() => items.reload(), [again]);
  return (
    <section class="panel">
      <div class="page-head">
        <h2>{t("timeline")}</h2>
        <label class="check">
          <input type="checkbox" checked={messages} onChange={(event) => setMessages(event.currentTarget.checked)} />
          {t("show_messages")}
        </label>
      </div>
      <Loaded data={items.data} problem={items.problem} retry={items.reload}>
        {(list) => <Days items={list.items.filter((item) => messages || item.kind !== "message")} />}
      </Loaded>
    </section>
  );
}

function Days({ items }: { items: TimelineItem[] }) {
  const zone = useMe().clinic.time_zone;
  const now = careNow();
  const coming = items.filter((item) => isComing(item, now)).sort((a, b) => earlier(a.at, b.at));
  const past = items.filter((item) => !isComing(item, now));
  if (!items.length) return <p class="soft">{t("timeline_empty")}</p>;
  return (
    <>
      {coming.length > 0 && (
        <details class="coming" open={coming.length <= 6}>
          <summary>{t("coming", { count: coming.filter(willBeAsked).length })}</summary>
          <Entries items={coming} zone={zone} dated />
        </details>
      )}
      {byDay(past, zone).map((day) => (
        <section class="day" key={day.date}>
          <h3>{longDay(day.items[0]?.at ?? now, zone, now)}</h3>
          <Entries items={day.items} zone={zone} />
        </section>
      ))}
    </>
  );
}

function Entries({ items, zone, dated }: { items: TimelineItem[]; zone: string; dated?: boolean }) {
  const now = careNow();
  return (
    <ol class="entries">
      {items.map((item) => (
        <li class={`entry entry-${item.kind}`} key={`${item.kind}${item.id}`}>
          <time dateTime={item.at}>
            {dated && <span class="entry-day">{longDay(item.at, zone, now)}</span>} {clockTime(item.at, zone)}
          </time>
          <div>
            <Entry item={item} />
          </div>
        </li>
      ))}
    </ol>
  );
}
