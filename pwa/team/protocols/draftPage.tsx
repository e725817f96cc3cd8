import { useState } from "preact/hooks";
import { problemText, send } from "../calls.ts";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { announce } from "../state/announce.ts";
import { mayDecide, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { Changes } from "./changes.tsx";
import { t } from "./i18n/t.ts";
import { Midway } from "./midway.tsx";
import { inLanguage } from "./parts.tsx";
import { Plans } from "./plans.tsx";
import { PreviewPanel } from "./preview.tsx";
import { Questions } from "./questions.tsx";
import { Restrictions } from "./restrictions.tsx";
import { Rules } from "./rules.tsx";
import { Scope } from "./scope.tsx";
import { Signing } from "./signing.tsx";
import { Steps } from "./steps.tsx";
import { UsualCourses } from "./usual.tsx";
import type { Draft, Editing, Operation } from "./types.ts";

/** One draft: its parts, what is wrong with them, what changes, who signs. */
export function DraftPage({ id }: { id: string }) {
  const path = `/api/protocols/drafts/${id}`;
  const draft = useLoad<Draft>(inLanguage(path));
  const [problem, setProblem] = useState("");
  const me = useMe();
  const change = async (...operations: Operation[]): Promise<string> => {
    const revision = draft.data?.draft.revision;
    const result = await send<Draft>("PATCH", inLanguage(path), { revision, operations });
    if (result.ok) draft.set(result.data);
    const current = result.ok ? undefined : result.problem.body["current"];
    if (current) draft.set(current as Draft);
    const wrong = result.ok ? "" : current ? t("stale") : (result.problem.errors[0]?.message ?? problemText(result.problem));
    setProblem(wrong);
    if (result.ok) announce(t("kept"));
    return wrong;
  };
  return (
    <Page title={draft.data ? t("draft_of", { title: draft.data.draft.title }) : t("draft")}>
      <p>
        <Link to="protocols">{t("back")}</Link>
      </p>
      <Loaded data={draft.data} problem={draft.problem} retry={draft.reload}>
        {(data) => {
          const editing: Editing = { draft: data, change };
          const may = mayDecide(me);
          return (
            <>
              <Notice text={problem} />
              <Scope editing={editing} may={may} />
              <Steps editing={editing} may={may} />
              <Questions editing={editing} may={may} />
              <Rules editing={editing} may={may} />
              <UsualCourses editing={editing} may={may} />
              <Midway editing={editing} may={may} />
              <Plans editing={editing} may={may} />
              <Restrictions editing={editing} may={may} />
              <PreviewPanel path={`${path}/preview`} document={data.shown.document} key={`p${data.draft.revision}`} />
              <Changes path={`${path}/diff`} key={`c${data.draft.revision}`} />
              {may && (
                <section class="panel">
                  <h2>{t("lab")}</h2>
                  <Link to={`lab/draft/${id}`} class="button button-secondary">
                    {t("lab_open")}
                  </Link>
                </section>
              )}
              {may && <Signing draft={data} path={path} onChanged={draft.set} />}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
