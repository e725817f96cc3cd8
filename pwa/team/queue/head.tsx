import { codeWord, t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { TierMark } from "../parts/tier.tsx";
import { useMe } from "../state/access.ts";
import { useStore } from "../../shared/store.ts";
import { careNow, careSecond } from "../time/careClock.ts";
import { dayAndTime, span } from "../time/words.ts";
import { earlier } from "../time/zone.ts";
import type { Alert, AlertSession } from "../types.ts";
import { headline, sentences } from "./facts.ts";

/** Line 1: how bad, what, who, how long after which session, alone or not, who answered and when. */
export function AlertHead({ alert, id, level }: { alert: Alert; id: string; level: 1 | 2 }) {
  const Heading = `h${level}` as const;
  return (
    <>
      <div class="alert-marks">
        <TierMark tier={alert.tier} />
        <span class={`state state-${alert.state}`}>{codeWord("state", alert.state)}</span>
        <Link to={`alerts/${alert.reference}`} class="reference">
          {alert.reference}
        </Link>
      </div>
      <Heading id={id} class="alert-what" tabIndex={level === 1 ? -1 : undefined}>
        {whatHappened(alert)}
      </Heading>
      <p class="alert-who">
        <Link to={`patients/${alert.patient_id}`}>{alert.patient_name}</Link>
        <Person alert={alert} />
      </p>
      <AlertFacts alert={alert} />
    </>
  );
}

export function whatHappened(alert: Alert): string {
  const said = headline(alert);
  if (alert.missed) return silence(alert);
  return said.join(" · ") || sentences(alert)[0]?.text || codeWord("tier", alert.tier);
}

/** Nobody has answered: the patient, the companion, or both. */
function silence({ silent }: Alert): string {
  if (!silent.includes("companion")) return t("no_answer");
  return silent.includes("patient") ? `${t("no_answer")} · ${t("companion_silent")}` : t("only_companion_silent");
}

function Person({ alert }: { alert: Alert }) {
  const patient = alert.patient;
  if (!patient) return null;
  const language = patient.language ? `, ${t("speaks", { language: codeWord("language", patient.language) })}` : "";
  return <span>{`, ${t("aged", { age: patient.age, year: patient.birth_year })}${language}`}</span>;
}

function AlertFacts({ alert }: { alert: Alert }) {
  useStore(careSecond);
  const zone = useMe().clinic.time_zone;
  const now = careNow();
  const { session } = alert;
  const alone = session?.risk.includes("alone_tonight");
  return (
    <ul class="facts">
      {session && <li>{afterSession(session, alert.closed_at ? Date.parse(alert.opened_at) : now)}</li>}
      {alert.patient?.messages_stopped_at && (
        <li>
          <strong class="alone">{t("messages_stopped")}</strong>
        </li>
      )}
      {alone && (
        <li>
          <strong class="alone">{t("alone")}</strong>
        </li>
      )}
      {session?.staying_with && <li>{t("staying_with", { who: session.staying_with })}</li>}
      {session && session.pressures.length > 0 && <li>{pressures(session)}</li>}
      {answered(alert, zone, now) && <li>{answered(alert, zone, now)}</li>}
      {earlier(alert.opened_at, alert.tier_since) < 0 && (
        <li>
          <strong>
            {t("risen", {
              tier: codeWord("tier", alert.tier),
              time: dayAndTime(alert.tier_since, zone, now),
              ago: span(now - Date.parse(alert.tier_since)),
            })}
          </strong>
        </li>
      )}
      {!alert.answered_at && (
        <li>
          {t("opened", { time: dayAndTime(alert.opened_at, zone, now), ago: span(now - Date.parse(alert.opened_at)) })}
        </li>
      )}
    </ul>
  );
}

/** The blood pressures of the visit, oldest first, and the last SpO2. */
function pressures({ pressures, spo2 }: AlertSession): string {
  const values = pressures.map((one) => `${one.systolic}/${one.diastolic}`).join(" → ");
  return t("bp_trend", { values }) + (spo2 ? `, SpO2 ${spo2} %` : "");
}

function afterSession(session: AlertSession, now: number): string {
  const drug = `${codeWord("route_short", session.route)} ${codeWord("drug", session.drug).toLowerCase()} ${session.dose_mg} mg`;
  const since = t("after_session", { span: span(now - Date.parse(session.ended_at)), drug });
  return session.number ? `${since}, ${t("session_number", { n: session.number })}` : since;
}

function answered(alert: Alert, zone: string, now: number): string {
  if (!alert.answered_at) return "";
  const who = codeWord("answered_by", alert.answered_by ?? "patient");
  const ago = span(now - Date.parse(alert.answered_at));
  return t("answered", { who, time: dayAndTime(alert.answered_at, zone, now), ago });
}
