import { useMe } from "../state/access.ts";
import { said as saidBySession } from "../said.ts";
import { clockTime } from "../time/words.ts";
import { measured } from "./draft.ts";
import { v, word } from "./i18n/t.ts";
import type { Visit, Vitals } from "./types.ts";

/** A measurement in one line. */
export function vitalsWords(vitals: Vitals): string {
  const { systolic, diastolic, heart_rate: rate, spo2, breaths, breathing } = vitals;
  return [
    systolic && diastolic && v("bp", { systolic, diastolic }),
    rate && v("heart", { rate }),
    spo2 && v("spo2_value", { spo2 }),
    breaths !== null && breaths !== undefined && v("breaths_value", { breaths }),
    breathing && word("breathing", breathing),
  ]
    .filter(Boolean)
    .join(" · ");
}

export function LastVitals({ visit }: { visit: Visit }) {
  const zone = useMe().clinic.time_zone;
  const latest = measured(visit);
  return (
    <section class="panel vitals" data-testid="last-vitals">
      <h2>{v("vitals_title")}</h2>
      {latest.length === 0 && <p class="soft">{v("vitals_none")}</p>}
      <ul class="plain">
        {latest.slice(0, 5).map(({ step, vitals }, index) => (
          <li class={index ? "soft" : "vitals-last"} key={step.id}>
            <time dateTime={step.at}>{clockTime(step.at, zone)}</time> {vitalsWords(vitals)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What speaks against starting, until the dose has begun; and what nobody on duty means for the hours after. */
export function BeforeStart({ visit }: { visit: Visit }) {
  const begun = visit.steps.some((step) => step.stands && step.kind === "start");
  return (
    <>
      {!begun && !visit.closed_at && (
        <section class={visit.holds.length ? "notice notice-bad" : "notice"} data-testid="holds">
          {visit.holds.length ? (
            <>
              <p>
                <strong>{v("holds_title")}</strong>
              </p>
              <ul>
                {visit.holds.map((hold) => (
                  <li key={hold.id}>{hold.text}</li>
                ))}
              </ul>
            </>
          ) : (
            <p>{v("holds_none")}</p>
          )}
        </section>
      )}
      {visit.warnings.length > 0 && (
        <section class="notice notice-warn" data-testid="warnings">
          {!begun && (
            <p>
              <strong>{v("warnings_title")}</strong>
            </p>
          )}
          <ul>
            {visit.warnings.map((warning) => (
              <li key={warning}>{saidBySession(warning)}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

export function RiskNow({ visit }: { visit: Visit }) {
  const flags = visit.risk.filter((reason) => reason.flags);
  const noted = visit.risk.filter((reason) => !reason.flags);
  return (
    <section class="panel" data-testid="risk">
      <h2>{v(visit.risk_flag ? "risk_title" : "risk_none")}</h2>
      {flags.length > 0 && (
        <ul>
          {flags.map((reason) => (
            <li key={reason.id}>{reason.text}</li>
          ))}
        </ul>
      )}
      {noted.length > 0 && (
        <p class="soft">
          {v("risk_noted")}: {noted.map((reason) => reason.text).join(", ")}
        </p>
      )}
    </section>
  );
}
