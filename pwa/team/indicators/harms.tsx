import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { listPath, problemText, send } from "../calls.ts";
import { Notice } from "../parts/notice.tsx";
import { Loaded } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { plainDate } from "../time/words.ts";
import type { Harm, Page as List, PatientRow } from "../types.ts";
import { t } from "./i18n/t.ts";

const kinds = ["emergency_visit", "serious_event", "self_harm", "other"] as const;
const blank = { patient_id: "", kind: "emergency_visit", happened_on: "", note: "" };

/** Harm that the clinic learned of elsewhere. Without it, fewer alerts would look like better care. */
export function HarmsPanel({ onChanged }: { onChanged: () => void }) {
  const list = useLoad<List<Harm>>("/api/harms");
  const patients = useLoad<List<PatientRow>>(listPath("/api/patients", { limit: 500 }));
  const [form, setForm] = useState(blank);
  const [problem, setProblem] = useState("");
  const put = async (path: string, body: unknown): Promise<boolean> => {
    const result = await send<List<Harm>>("POST", path, body);
    setProblem(result.ok ? "" : problemText(result.problem));
    if (!result.ok) return false;
    list.set(result.data);
    onChanged();
    return true;
  };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await put("/api/harms", form)) setForm(blank);
  };
  return (
    <section class="panel">
      <h2>{t("harm_new")}</h2>
      <Notice text={problem} />
      <form class="form" onSubmit={(event) => void save(event)}>
        <FieldFrame label={t("harm_patient")}>
          {(attributes) => (
            <select
              {...attributes}
              required
              value={form.patient_id}
              onChange={(event) => setForm({ ...form, patient_id: event.currentTarget.value })}
            >
              <option value="">{t("choose")}</option>
              {patients.data?.items.map((one) => (
                <option value={one.id} key={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
        </FieldFrame>
        <FieldFrame label={t("harm_kind")}>
          {(attributes) => (
            <select
              {...attributes}
              value={form.kind}
              onChange={(event) => setForm({ ...form, kind: event.currentTarget.value })}
            >
              {kinds.map((kind) => (
                <option value={kind} key={kind}>
                  {t(`kind_${kind}`)}
                </option>
              ))}
            </select>
          )}
        </FieldFrame>
        <Field
          label={t("harm_day")}
          type="date"
          required
          value={form.happened_on}
          onInput={(event) => setForm({ ...form, happened_on: event.currentTarget.value })}
        />
        <Field
          label={t("harm_note")}
          required
          maxLength={4000}
          value={form.note}
          onInput={(event) => setForm({ ...form, note: event.currentTarget.value })}
        />
        <Button type="submit">{t("harm_save")}</Button>
      </form>
      <Loaded data={list.data} problem={list.problem} retry={list.reload}>
        {({ items }) => (
          <ul class="plain">
            {items.map((harm) => (
              <li class="line" key={harm.id}>
                <Case harm={harm} onReview={(review) => put(`/api/harms/${harm.id}/review`, { review })} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function Case({ harm, onReview }: { harm: Harm; onReview: (words: string) => Promise<boolean> }) {
  const me = useMe();
  const [words, setWords] = useState("");
  const may = harm.recorded_by !== me.id && (me.role === "admin" || me.role === "clinician");
  return (
    <div>
      <strong>{harm.patient_name}</strong> · {t(`kind_${harm.kind}`)} · {plainDate(harm.happened_on)}
      <p>{harm.note}</p>
      {harm.review && <p class="soft">{t("harm_reviewed", { words: harm.review })}</p>}
      {!harm.review && !may && <p class="soft">{t("harm_second")}</p>}
      {!harm.review && may && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void onReview(words);
          }}
        >
          <Field
            label={t("harm_review_text")}
            required
            maxLength={4000}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
          <Button type="submit">{t("harm_review")}</Button>
        </form>
      )}
    </div>
  );
}
