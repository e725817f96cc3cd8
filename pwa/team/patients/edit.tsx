import type { Problem } from "../../shared/api.ts";
import { send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Loaded, Page } from "../parts/page.tsx";
import { useLoad } from "../state/load.ts";
import { go } from "../state/route.ts";
import type { Patient, PatientDraft } from "../types.ts";
import { draftOf, formOf, PatientFields, type PatientForm } from "./form.tsx";

export function EditPatientPage({ patientId }: { patientId: string }) {
  const path = `/api/patients/${patientId}`;
  const patient = useLoad<Patient>(path);
  return (
    <Page title={t("edit_patient")}>
      <Loaded data={patient.data} problem={patient.problem} retry={patient.reload}>
        {(data) => (
          <PatientFields
            start={formOf(data)}
            submitLabel={t("save")}
            onSubmit={(form) => save(path, formOf(data), form, patientId)}
          />
        )}
      </Loaded>
    </Page>
  );
}

/** Sends only what was changed, so that a colleague's change of another field stays. */
async function save(path: string, before: PatientForm, after: PatientForm, id: string): Promise<Problem | null> {
  const old = draftOf(before);
  const changed = Object.entries(draftOf(after)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name as keyof PatientDraft]),
  );
  if (changed.length) {
    const result = await send("PATCH", path, Object.fromEntries(changed));
    if (!result.ok) return result.problem;
  }
  go(`patients/${id}`);
  return null;
}
