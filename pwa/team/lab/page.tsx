import { useEffect, useRef, useState } from "preact/hooks";
import { currentLanguage } from "../../shared/i18n/language.ts";
import { Button } from "../../shared/ui/button.tsx";
import { problemText } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Choices } from "../parts/choices.tsx";
import { Notice } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { loseAccess, mayDecide, useMe } from "../state/access.ts";
import "./lab.css";
import { Found } from "./found.tsx";
import { type Progress, type Report, titleOf, type Tried, tryVersion, type Wanted } from "./trying.ts";
import { w } from "./words.ts";

const DAYS = ["7", "28", "90"] as const;

/** What a version would have made of the answers that are there, or of made-up ones. */
export function LabPage(tried: Tried) {
  const [title, setTitle] = useState("");
  const [wanted, setWanted] = useState<Wanted>({ over: "stored", days: 28 });
  const [progress, setProgress] = useState<Progress>();
  const [report, setReport] = useState<Report>();
  const [problem, setProblem] = useState("");
  const stop = useRef<AbortController | undefined>(undefined);
  useEffect(() => void titleOf(tried).then(setTitle), []);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async (): Promise<void> => {
    const mine = new AbortController();
    stop.current = mine;
    setReport(undefined);
    setProblem("");
    setProgress({ done: 0, of: 0 });
    const end = await tryVersion(tried, { ...wanted, language: currentLanguage() }, setProgress, mine.signal);
    if (stop.current !== mine) return;
    setProgress(undefined);
    if ("report" in end) setReport(end.report);
    else if ("cutOff" in end) setProblem(mine.signal.aborted ? "" : w("cut_off"));
    else if (end.problem.kind === "signed_out") loseAccess();
    else setProblem(problemText(end.problem));
  };
  const allowed = mayDecide(useMe());
  return (
    <Page title={w("lab")}>
      {!allowed && <p class="notice notice-bad">{t("problem_forbidden")}</p>}
      {allowed && (
        <section class="panel">
          {title && <h2>{title}</h2>}
          <p class="soft">{w("lab_hint")}</p>
          <Choices
            legend={w("over")}
            name="over"
            value={wanted.over}
            choices={[
              { value: "stored", label: w("over_stored") },
              { value: "simulated", label: w("over_simulated") },
            ]}
            onChange={(over) => setWanted({ ...wanted, over: over as Wanted["over"] })}
          />
          {wanted.over === "simulated" && <p class="field-hint">{w("over_simulated_hint")}</p>}
          <Choices
            legend={w("days")}
            name="days"
            value={`${wanted.days}`}
            choices={DAYS.map((days) => ({ value: days, label: w(`days_${days}`) }))}
            onChange={(days) => setWanted({ ...wanted, days: Number(days) })}
          />
          {progress ? (
            <Working progress={progress} onStop={() => stop.current?.abort()} />
          ) : (
            <Button onClick={() => void start()}>{w("start")}</Button>
          )}
        </section>
      )}
      <Notice text={problem} />
      {report && <Found report={report} />}
    </Page>
  );
}

function Working({ progress, onStop }: { progress: Progress; onStop: () => void }) {
  const words = progress.of ? w("done_of", { done: progress.done, count: progress.of }) : t("loading");
  return (
    <div class="working" role="status">
      <progress aria-label={w("lab")} {...(progress.of ? { value: progress.done, max: progress.of } : {})} />
      <p>{words}</p>
      <Button kind="secondary" onClick={onStop}>
        {w("stop")}
      </Button>
    </div>
  );
}
