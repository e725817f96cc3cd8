/** "today at 10:42", in the phone's zone. */
import { dayDistance, formatDay, formatTime } from "../shared/i18n/format.ts";
import { t } from "./i18n/t.ts";

export function when(at: string, now: string): string {
  const time = formatTime(at);
  const days = dayDistance(at, now);
  if (days === 0) return t("today_at", { time });
  if (days === 1) return t("tomorrow_at", { time });
  return t("day_at", { day: formatDay(at, now), time });
}
