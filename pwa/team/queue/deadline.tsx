import { t } from "../i18n/t.ts";
import { useMe } from "../state/access.ts";
import { useStore } from "../../shared/store.ts";
import { careNow, careSecond } from "../time/careClock.ts";
import { countdown, dayAndTime, span } from "../time/words.ts";
import type { Alert } from "../types.ts";
import { deadline } from "./facts.ts";

/** By when who has to do what, counting down in care time. */
export function DeadlineClock({ alert }: { alert: Alert }) {
  useStore(careSecond);
  const zone = useMe().clinic.time_zone;
  const due = deadline(alert);
  if (!due) return null;
  const now = careNow();
  const left = due.at - now;
  const late = left < 0;
  const text = t(`deadline_${due.kind}`, { time: dayAndTime(due.at, zone, now) });
  return (
    <p class={late ? "deadline deadline-late" : "deadline"}>
      <span>{text}</span>{" "}
      <strong>
        {late ? t("deadline_over", { span: span(-left) }) : t("deadline_left", { span: countdown(left) })}
      </strong>
    </p>
  );
}
