import { useEffect } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { Loaded } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime, hoursAfter } from "../time/words.ts";
import type { Curve, CurveSession, Curves as Found } from "../types.ts";
import { CurveChart } from "./curve.tsx";

/** On a phone the charts wait behind their heading: the timeline comes first. */
const ROOMY = matchMedia("(min-width: 60rem)");

/** Symptoms, mood and scores over the time since each session: drawn, as a table, and as a file. */
export function Curves({ patientId, again }: { patientId: string; again: string }) {
  const path = `/api/patients/${patientId}/curves`;
  const found = useLoad<Found>(path);
  useEffect(() => found.reload(), [again]);
  return (
    <details class="panel" open={ROOMY.matches}>
      <summary>
        <h2 class="in-summary">{t("curves")}</h2>
      </summary>
      <Loaded data={found.data} problem={found.problem} retry={found.reload}>
        {({ curves, sessions }) =>
          curves.length ? (
            <>
              <p class="soft">{t("curves_hint")}</p>
              <div class="curves">
                {curves.map((curve) => (
                  <CurveChart key={curve.id} {...{ curve, sessions }} />
                ))}
              </div>
              <details>
                <summary>{t("curves_table")}</summary>
                {curves.map((curve) => (
                  <CurveTable key={curve.id} {...{ curve, sessions }} />
                ))}
              </details>
              <p>
                <a class="button" href={`${path}.csv`} download>
                  {t("curves_csv")}
                </a>
              </p>
            </>
          ) : (
            <p class="soft">{t("curves_empty")}</p>
          )
        }
      </Loaded>
    </details>
  );
}

function CurveTable({ curve, sessions }: { curve: Curve; sessions: CurveSession[] }) {
  const zone = useMe().clinic.time_zone;
  const number = (id: string) => sessions.find((session) => session.id === id)?.number;
  return (
    <table class="curve-table">
      <caption>{curve.title}</caption>
      <thead>
        <tr>
          <th scope="col">{t("session")}</th>
          <th scope="col">{t("curve_after")}</th>
          <th scope="col">{t("curve_answered")}</th>
          <th scope="col">{t("curve_answer")}</th>
        </tr>
      </thead>
      <tbody>
        {curve.points.map((point) => (
          <tr key={`${point.session_id}${point.at}`}>
            <td>{number(point.session_id)}</td>
            <td>{hoursAfter(point.hours)}</td>
            <td>{dayAndTime(point.at, zone, careNow())}</td>
            <td>{point.text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
