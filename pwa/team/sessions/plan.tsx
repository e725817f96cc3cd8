import { codeWord, t } from "../i18n/t.ts";
import { useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import { earlier } from "../time/zone.ts";
import type { CheckIn } from "../types.ts";

/** The first days; the weeks and months after wait behind a line. */
const NEAR = 5;

interface PlanProps {
  checkIns: CheckIn[];
  patientZone: string;
}

/** The check-ins of a session with their times on the patient's clock, and on the clinic's where that differs. */
export function Plan({ checkIns, patientZone }: PlanProps) {
  const elsewhere = patientZone !== useMe().clinic.time_zone;
  const ordered = [...checkIns].sort((a, b) => earlier(a.due_at, b.due_at));
  const later = ordered.slice(NEAR);
  return (
    <section class="panel">
      <h2>{t("planned_check_ins")}</h2>
      {elsewhere && <p class="soft">{t("patient_zone", { zone: patientZone })}</p>}
      <Planned checkIns={ordered.slice(0, NEAR)} patientZone={patientZone} />
      {later.length > 0 && (
        <details>
          <summary>{t("planned_later", { count: later.length })}</summary>
          <Planned checkIns={later} patientZone={patientZone} />
        </details>
      )}
    </section>
  );
}

function Planned({ checkIns, patientZone }: PlanProps) {
  const { time_zone: clinicZone } = useMe().clinic;
  const now = careNow();
  return (
    <ol class="plan">
      {checkIns.map((checkIn) => (
        <li key={checkIn.id} class={`plan-${checkIn.state}`}>
          <strong>{codeWord("check_in", checkIn.key)}</strong>
          <span>
            {dayAndTime(checkIn.due_at, patientZone, now)}
            {patientZone !== clinicZone && (
              <span class="soft"> {t("at_clinic", { time: dayAndTime(checkIn.due_at, clinicZone, now) })}</span>
            )}
          </span>
          <span class={`tag tag-${checkIn.state}`}>{codeWord("check_in_state", checkIn.state)}</span>
          {checkIn.reason && <span class="soft">{codeWord("reason", checkIn.reason)}</span>}
        </li>
      ))}
    </ol>
  );
}
