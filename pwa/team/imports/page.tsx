import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Page } from "../parts/page.tsx";
import { mayImport, useMe } from "../state/access.ts";
import type { Imported } from "../types.ts";
import { ChooseFile, type Chosen } from "./choose.tsx";
import { Done } from "./done.tsx";
import { Refused } from "./refused.tsx";
import { Working } from "./working.tsx";

const PATH = "/api/sessions/import";
/** Ten thousand rows take a while; a proxy may be less patient. */
const TIMEOUT_MS = 600_000;

type Stage =
  | { at: "choosing"; problem?: Problem }
  | { at: "working"; rows: number }
  | { at: "done"; imported: Imported };

/** Many sessions at once from a file: all of them or none. */
export function ImportPage() {
  const allowed = mayImport(useMe());
  const [stage, setStage] = useState<Stage>({ at: "choosing" });
  const [round, setRound] = useState(0);
  const start = async ({ content, rows }: Chosen): Promise<void> => {
    setStage({ at: "working", rows });
    const body = new Blob([content], { type: "text/csv" });
    const result = await send<Imported>("POST", PATH, body, { timeoutMs: TIMEOUT_MS });
    // A file that was put right is read afresh only when it is chosen again.
    setRound((n) => n + 1);
    setStage(result.ok ? { at: "done", imported: result.data } : { at: "choosing", problem: result.problem });
  };
  return (
    <Page title={t("import_title")} key={stage.at === "done" ? "done" : "file"}>
      {!allowed && <p class="notice notice-bad">{t("problem_forbidden")}</p>}
      {allowed && stage.at === "choosing" && (
        <>
          {stage.problem && <Refused problem={stage.problem} />}
          <ChooseFile key={round} onStart={(chosen) => void start(chosen)} />
        </>
      )}
      {stage.at === "working" && <Working rows={stage.rows} />}
      {stage.at === "done" && <Done imported={stage.imported} onMore={() => setStage({ at: "choosing" })} />}
    </Page>
  );
}
