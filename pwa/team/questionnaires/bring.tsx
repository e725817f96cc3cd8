import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { useLoad } from "../state/load.ts";
import type { Instrument, Page as List, QuestionnaireTaken } from "../types.ts";
import { said, t } from "./i18n/t.ts";
import { Told } from "./told.tsx";

const LARGEST_BYTES = 512 * 1024;

/** Taking a file: all of it, or nothing and why. */
export function Bring({ onTaken }: { onTaken: () => void }) {
  const known = useLoad<List<Instrument>>("/api/questionnaires/instruments");
  const [file, setFile] = useState<File>();
  const [what, setWhat] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [taken, setTaken] = useState<QuestionnaireTaken>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const fault = !file ? t("choose_first") : file.size > LARGEST_BYTES ? t("too_large") : undefined;
    setWrong(fault);
    if (!file || fault) return;
    setBusy(true);
    setProblem(undefined);
    setTaken(undefined);
    const body = new Blob([await file.arrayBuffer()], { type: "application/fhir+json" });
    const query = what ? `?instrument=${what}` : "";
    const result = await send<QuestionnaireTaken>("POST", `/api/questionnaires/import${query}`, body);
    setBusy(false);
    if (!result.ok) return setProblem(result.problem);
    setTaken(result.data);
    onTaken();
  };
  return (
    <section class="panel">
      <h2>{t("bring")}</h2>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          label={t("file")}
          hint={t("bring_hint")}
          error={wrong}
          type="file"
          accept=".json,application/fhir+json,application/json"
          onChange={(event) => setFile(event.currentTarget.files?.[0])}
        />
        <FieldFrame label={t("what")}>
          {(attributes) => (
            <select {...attributes} value={what} onChange={(event) => setWhat(event.currentTarget.value)}>
              <option value="">{t("by_code")}</option>
              {known.data?.items.map(({ key, name }) => (
                <option value={key} key={key}>
                  {name}
                </option>
              ))}
              <option value="none">{t("no_instrument")}</option>
            </select>
          )}
        </FieldFrame>
        <div class="buttons">
          <Button kind="primary" type="submit" busy={busy}>
            {t("take")}
          </Button>
        </div>
      </form>
      {problem && <Refused problem={problem} />}
      {taken && <Taken taken={taken} />}
    </section>
  );
}

function Refused({ problem }: { problem: Problem }) {
  const heading = useFocus();
  return (
    <div class="notice notice-bad" role="alert">
      <h3 ref={heading} tabIndex={-1}>
        {t("refused")}
      </h3>
      <p>{problem.errors?.length ? t("refused_hint") : said(problemText(problem))}</p>
      <ul>
        {problem.errors?.map(({ field, message }) => (
          <li key={`${field}${message}`}>
            <strong>{field}</strong> {said(message)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Taken({ taken }: { taken: QuestionnaireTaken }) {
  const heading = useFocus();
  const { id } = taken.questionnaire;
  return (
    <div role="status">
      <h3 ref={heading} tabIndex={-1}>
        {t(taken.new ? "taken" : "same", { id })}
      </h3>
      <Told questionnaire={taken.questionnaire} />
    </div>
  );
}

function useFocus() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return heading;
}
