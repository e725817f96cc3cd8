/** What must not be done yet after the session, and how long that lasts. */
import { t } from "../i18n/t.ts";
import type { Restriction } from "../types.ts";
import { when } from "../when.ts";

interface RestrictionsProps {
  items: readonly Restriction[];
  now: string;
}

export function Restrictions({ items, now }: RestrictionsProps) {
  const held = items.filter((item) => Date.parse(item.ends_at) > Date.parse(now));
  if (held.length === 0) return null;
  return (
    <section class="card" data-testid="restrictions">
      <h2>{t("restrictions")}</h2>
      <ul class="rows">
        {held.map((item) => (
          <li key={item.id}>
            <strong>{item.text}</strong>
            <span class="soft">
              {t(item.after_sleep ? "restriction_until_slept" : "restriction_until", {
                time: when(item.ends_at, now),
                left: left(item.ends_at, now),
              })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function left(at: string, now: string): string {
  const minutes = Math.ceil((Date.parse(at) - Date.parse(now)) / 60_000);
  return minutes < 60 ? t("minutes_left", { count: minutes }) : t("hours_left", { count: Math.ceil(minutes / 60) });
}
