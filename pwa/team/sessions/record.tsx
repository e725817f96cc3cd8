import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Holds } from "../patients/holds.tsx";
import { Link } from "../parts/link.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { said } from "../said.ts";
import { useLoad } from "../state/load.ts";
import { useLast } from "./last.ts";
import type { Patient, Recorded, SessionDraft } from "../types.ts";
import { firstForm } from "./draft.ts";
import { SessionFields } from "./form.tsx";
import { Plan } from "./plan.tsx";

export function RecordPage({ patientId }: { patientId: string }) {
  const patient = useLoad<Patient>(`/api/patients/${patientId}`);
  const last = useLast(patientId);
  const [recorded, setRecorded] = useState<Recorded>();
  const record = async (draft: SessionDraft): Promise<Problem | null> => {
    const result = await send<Recorded>("POST", `/api/patients/${patientId}/sessions`, draft);
    if (!result.ok) return result.problem;
    setRecorded(result.data);
    return null;
  };
  const ready = patient.data && last.known ? patient.data : null;
  return (
    <Page
      title={recorded ? t("recorded_title") : t("record_session")}
      beside={<Link to={`patients/${patientId}`}>{patient.data?.name ?? t("patient")}</Link>}
      key={recorded?.id ?? ""}
    >
      <Loaded data={ready} problem={patient.problem} retry={patient.reload}>
        {(data) =>
          recorded ? (
            <Done recorded={recorded} patient={data} />
          ) : (
            <>
              <p class="facts">
                {t("for_patient", { name: data.name, age: data.age, year: data.date_of_birth.slice(0, 4) })}
              </p>
              <Holds patientId={patientId} />
              <SessionFields patientId={patientId} start={firstForm(last.session)} onSubmit={record} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Done({ recorded, patient }: { recorded: Recorded; patient: Patient }) {
  return (
    <>
      <p class="notice notice-good" role="status">
        {t("recorded", { name: patient.name })}
      </p>
      {recorded.cancelled_late > 0 && (
        <p class="notice notice-warn">{t("cancelled_late", { count: recorded.cancelled_late })}</p>
      )}
      {recorded.warnings.map((warning) => (
        <p class="notice notice-warn" key={warning}>
          {said(warning)}
        </p>
      ))}
      <Plan checkIns={recorded.check_ins} patientZone={patient.time_zone} />
      <div class="buttons">
        <Link to={`sessions/${recorded.id}`} class="button">
          {t("change_session")}
        </Link>
        <Link to={`patients/${patient.id}`} class="button button-primary">
          {t("to_patient", { name: patient.name })}
        </Link>
      </div>
    </>
  );
}
