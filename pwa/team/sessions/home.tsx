import { codeWord, t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { useLoad } from "../state/load.ts";
import type { HomeDose } from "../types.ts";

/** What a dose at home needs before it can be recorded, and what of it is missing; a hold is told of above the form. */
export function HomeNeeds({ patientId }: { patientId: string }) {
  const needs = useLoad<HomeDose>(`/api/patients/${patientId}/home-dose`).data;
  if (!needs) return null;
  const { missing, held } = needs;
  if (!missing.length) return held ? null : <p class="notice notice-good">{t("home_ready")}</p>;
  return (
    <div class="notice notice-warn" role="status" data-testid="home-needs">
      <p>{t("home_needs")}</p>
      <ul>
        {missing.map((code) => (
          <li key={code}>{codeWord("missing", code)}</li>
        ))}
      </ul>
      <Link to={`patients/${patientId}/edit`}>{t("to_record")}</Link>
    </div>
  );
}
