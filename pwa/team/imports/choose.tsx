import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { t } from "../i18n/t.ts";
import { rowsIn } from "./places.ts";

const LARGEST_BYTES = 8 * 1024 * 1024;
const NEEDED = ["drug", "route", "dose_mg", "indication", "started_at", "ended_at"];
const MAY = ["setting", "phase", "discharged_at", "other_indications", "risk", "staying_with", "note"];

/** A file as it was when it was chosen. */
export interface Chosen {
  name: string;
  content: ArrayBuffer;
  rows: number;
}

export function ChooseFile({ onStart }: { onStart: (chosen: Chosen) => void }) {
  const [chosen, setChosen] = useState<Chosen>();
  const [problem, setProblem] = useState<string>();
  const choose = async (file: File | undefined): Promise<void> => {
    setChosen(undefined);
    setProblem(file && file.size > LARGEST_BYTES ? t("import_too_large") : undefined);
    if (!file || file.size > LARGEST_BYTES) return;
    const content = await file.arrayBuffer().catch(() => undefined);
    if (content) setChosen({ name: file.name, content, rows: rowsIn(new TextDecoder().decode(content)) });
    else setProblem(t("import_unreadable"));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (chosen) onStart(chosen);
    else setProblem((before) => before ?? t("import_choose_first"));
  };
  return (
    <form class="form" onSubmit={submit}>
      <p>{t("import_text")}</p>
      <Field
        label={t("import_file")}
        hint={t("import_hint")}
        error={problem}
        type="file"
        accept=".csv,text/csv"
        onChange={(event) => void choose(event.currentTarget.files?.[0])}
      />
      {chosen && <p role="status">{t("import_chosen", { name: chosen.name, count: chosen.rows })}</p>}
      <div class="buttons">
        <Button kind="primary" type="submit">
          {t("import_start")}
        </Button>
      </div>
      <Columns />
    </form>
  );
}

function Columns() {
  return (
    <details>
      <summary>{t("import_columns")}</summary>
      <p>{t("import_columns_who")}</p>
      <p>{t("import_columns_needed", { names: NEEDED.join(", ") })}</p>
      <p>{t("import_columns_may", { names: MAY.join(", ") })}</p>
      <p>{t("import_columns_times")}</p>
    </details>
  );
}
