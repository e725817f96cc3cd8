import { Link } from "../parts/link.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { useLoad } from "../state/load.ts";
import type { QuestionnaireShown } from "../types.ts";
import { t } from "./i18n/t.ts";
import { Told } from "./told.tsx";

/** One questionnaire, as it is asked and counted. */
export function QuestionnairePage({ id }: { id: string }) {
  const path = `/api/questionnaires/${encodeURIComponent(id)}`;
  const found = useLoad<QuestionnaireShown>(path);
  return (
    <Page title={found.data?.title ?? t("title")}>
      <p>
        <Link to="questionnaires">{t("back")}</Link>
      </p>
      <Loaded data={found.data} problem={found.problem} retry={found.reload}>
        {(questionnaire) => (
          <section class="panel">
            <Told questionnaire={questionnaire} />
            <a class="button button-secondary" href={`${path}?format=fhir`} download={`${id}.json`}>
              {t("download")}
            </a>
          </section>
        )}
      </Loaded>
    </Page>
  );
}
