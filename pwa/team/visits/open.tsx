import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { send } from "../calls.ts";
import { Holds } from "../patients/holds.tsx";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { useFocusOnWrong } from "../parts/wrong.ts";
import { firstForm, type SessionForm } from "../sessions/draft.ts";
import { TreatmentFields } from "../sessions/form.tsx";
import { HomeNeeds } from "../sessions/home.tsx";
import { useLast } from "../sessions/last.ts";
import { go } from "../state/route.ts";
import { useLoad } from "../state/load.ts";
import type { Page as List, Patient } from "../types.ts";
import { v } from "./i18n/t.ts";
import { problemWords } from "./stepForm.tsx";
import type { NewVisit, Visit, VisitRow } from "./types.ts";

/** What is going to be given, as last time; then the record begins. */
export function OpenVisitPage({ patientId }: { patientId: string }) {
  const patient = useLoad<Patient>(`/api/patients/${patientId}`);
  const last = useLast(patientId);
  const visits = useLoad<List<VisitRow>>(`/api/patients/${patientId}/visits`);
  const here = visits.data?.items.find((visit) => !visit.closed_at);
  return (
    <Page
      title={v("open_title")}
      beside={<Link to={`patients/${patientId}`}>{patient.data?.name ?? v("visit")}</Link>}
    >
      <Loaded data={last.known && visits.data ? patient.data : null} problem={patient.problem || visits.problem} retry={visits.reload}>
        {(data) => here ? (
          <Link to={`visits/${here.id}`} class="button button-primary button-big">
            {v("go_on")}
          </Link>
        ) : (
          <>
            <p class="facts">
              {v("for_patient", { name: data.name, age: data.age, year: data.date_of_birth.slice(0, 4) })}
            </p>
            <p class="soft">{v("open_hint")}</p>
            <Holds patientId={patientId} />
            <OpenForm patientId={patientId} start={firstForm(last.session)} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function OpenForm({ patientId, start }: { patientId: string; start: SessionForm }) {
  const [form, setForm] = useState(start);
  const [id] = useState(() => crypto.randomUUID());
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const frame = useFocusOnWrong(problem);
  const set = (change: Partial<SessionForm>): void => setForm((before) => ({ ...before, ...change }));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const { drug, route, setting, indication } = form;
    const body = { id, drug, route, setting, indication, dose_mg: Number(form.dose_mg) } as NewVisit;
    const result = await send<Visit>("POST", `/api/patients/${patientId}/visits`, body);
    setBusy(false);
    if (result.ok) go(`visits/${result.data.id}`);
    else setProblem(result.problem);
  };
  const other = problem?.body["visit_id"];
  return (
    <form ref={frame} class="form" onSubmit={(event) => void submit(event)}>
      <TreatmentFields form={form} set={set} problem={problem} />
      {form.setting === "home" && <HomeNeeds patientId={patientId} />}
      <Notice text={problem ? problemWords(problem) : ""} />
      {typeof other === "string" && (
        <p>
          <Link to={`visits/${other}`}>{v("visit")}</Link>
        </p>
      )}
      <Button kind="primary" big type="submit" busy={busy}>
        {v("open_button")}
      </Button>
    </form>
  );
}
