import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { codeWord, t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { FactList, type Fact } from "../parts/factList.tsx";
import { mayAct, useMe } from "../state/access.ts";
import { said } from "../said.ts";
import { useLoad, type Load } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Patient, Session } from "../types.ts";
import { CancelDialog } from "./cancel.tsx";
import { ChangeForm } from "./change.tsx";
import { Plan } from "./plan.tsx";

export function SessionPage({ sessionId }: { sessionId: string }) {
  const session = useLoad<Session>(`/api/sessions/${sessionId}`);
  return (
    <Page title={session.data?.number ? t("session_n", { n: session.data.number }) : t("session")}>
      <Loaded data={session.data} problem={session.problem} retry={session.reload}>
        {(data) => <Sheet session={data} load={session} />}
      </Loaded>
    </Page>
  );
}

function Sheet({ session, load }: { session: Session; load: Load<Session> }) {
  const me = useMe();
  const patient = useLoad<Patient>(`/api/patients/${session.patient_id}`).data;
  const [doing, setDoing] = useState<"" | "change" | "cancel">("");
  const cancelled = session.cancelled_at !== null;
  const done = (changed: Session): void => {
    load.set(changed);
    setDoing("");
  };
  return (
    <>
      {patient && (
        <p>
          <Link to={`patients/${patient.id}`}>{patient.name}</Link>,{" "}
          {t("aged", { age: patient.age, year: patient.date_of_birth.slice(0, 4) })}
        </p>
      )}
      {cancelled && <p class="notice notice-warn">{t("session_is_cancelled")}</p>}
      {session.warnings?.map((warning) => (
        <p class="notice notice-warn" key={warning}>
          {said(warning)}
        </p>
      ))}
      <Facts session={session} />
      {mayAct(me) && !cancelled && doing !== "change" && (
        <div class="buttons">
          <Button kind="primary" onClick={() => setDoing("change")}>
            {session.discharged_at ? t("change_session") : t("add_discharge")}
          </Button>
          <Button onClick={() => setDoing("cancel")}>{t("cancel_session")}</Button>
        </div>
      )}
      {doing === "change" && <ChangeForm session={session} onDone={done} onCancel={() => setDoing("")} />}
      {doing === "cancel" && <CancelDialog session={session} onDone={done} onKeep={() => setDoing("")} />}
      <Plan checkIns={session.check_ins} patientZone={patient?.time_zone ?? me.clinic.time_zone} />
    </>
  );
}

function Facts({ session }: { session: Session }) {
  const zone = useMe().clinic.time_zone;
  const time = (at: string): string => dayAndTime(at, zone, careNow());
  const rows: Fact[] = [
    [t("drug"), `${codeWord("drug", session.drug)} ${session.dose_mg} mg, ${codeWord("route", session.route)}`],
    [t("indication"), codeWord("indication", session.indication)],
    [t("phase"), codeWord("phase", session.phase)],
    [t("started_at"), time(session.started_at)],
    [t("ended_at"), time(session.ended_at)],
    [t("discharged_word"), session.discharged_at ? time(session.discharged_at) : t("not_known_yet")],
    [t("risks"), (session.risk_reasons ?? session.risk)?.map((risk) => codeWord("risk", risk)).join(", ")],
    [t("staying_with_ask"), session.staying_with],
    [t("note_word"), session.note],
  ];
  return <FactList rows={rows} class="record panel" />;
}
