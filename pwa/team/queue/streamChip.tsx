import { t } from "../i18n/t.ts";
import { useMe } from "../state/access.ts";
import { useStore } from "../../shared/store.ts";
import { streamState } from "../state/stream.ts";
import { clockSeconds } from "../time/words.ts";

/** Whether what is on the screen is what is true now. */
export function StreamChip() {
  const zone = useMe().clinic.time_zone;
  const { live, lastAt } = useStore(streamState);
  if (live) return <span class="stream stream-live">{t("live")}</span>;
  const text = lastAt === null ? t("connecting") : t("reconnecting", { time: clockSeconds(lastAt, zone) });
  return <span class="stream stream-lost">{text}</span>;
}
