import { currentLanguage } from "../../shared/i18n/language.ts";
import type { Problem } from "../../shared/api.ts";
import { send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Page } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { go } from "../state/route.ts";
import type { Patient } from "../types.ts";
import { draftOf, emptyForm, PatientFields, type PatientForm } from "./form.tsx";

export function EnrolPage() {
  const me = useMe();
  const enrol = async (form: PatientForm): Promise<Problem | null> => {
    const given = Object.entries(draftOf(form)).filter(([, value]) => value !== null);
    const result = await send<Patient>("POST", "/api/patients", { ...Object.fromEntries(given), consent: true });
    if (!result.ok) return result.problem;
    go(`patients/${result.data.id}`);
    return null;
  };
  return (
    <Page title={t("enrol_title")}>
      <PatientFields
        start={emptyForm(me.clinic.time_zone, currentLanguage())}
        submitLabel={t("enrol")}
        consent
        onSubmit={enrol}
      />
    </Page>
  );
}
