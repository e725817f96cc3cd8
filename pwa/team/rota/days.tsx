import { t } from "../i18n/t.ts";
import { dayAndTime } from "../time/words.ts";
import type { Rota } from "../types.ts";
import { named, nameOf } from "./names.ts";

/** Each time from hand-over to hand-over, with who is on call. */
export function Days({ rota }: { rota: Rota }) {
  if (!rota.layers.length) return <p>{t("rota_call_list")}</p>;
  const time = (at: string): string => dayAndTime(at, rota.time_zone, Date.parse(rota.now));
  return (
    <section class="panel">
      <h2>{t("rota_days")}</h2>
      <ul class="plain">
        {rota.periods.map((period, n) => (
          <li class="line" key={period.begins}>
            <span class="soft">
              {time(period.begins)} – {n < rota.periods.length - 1 && time(period.ends)}
            </span>
            {period.on_call.length ? (
              <strong>{named(period.on_call.map((group) => group.map((id) => nameOf(rota, id))))}</strong>
            ) : (
              <span class="tag tag-bad">{t("rota_empty")}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
