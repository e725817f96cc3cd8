import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { fieldProblem } from "../fieldProblem.ts";
import { problemText } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Chips, Choices, type Choice } from "../parts/choices.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFocusOnWrong } from "../parts/wrong.ts";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import type { Risk, SessionDraft } from "../types.ts";
import { draftOf, INDICATIONS, PHASES, ROUTES, usualSetting, type SessionForm } from "./draft.ts";
import { HomeNeeds } from "./home.tsx";
import { TimeFields } from "./times.tsx";

const coded = (group: string, codes: readonly string[]): Choice[] =>
  codes.map((value) => ({ value, label: codeWord(group, value) }));

interface FormProps {
  patientId: string;
  start: SessionForm;
  onSubmit: (draft: SessionDraft) => Promise<Problem | null>;
}

/** The form of a session: what is usual is filled in, the rest are taps. */
export function SessionFields({ patientId, start, onSubmit }: FormProps) {
  const zone = useMe().clinic.time_zone;
  const [form, setForm] = useState(start);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const frame = useFocusOnWrong(problem);
  const set = (change: Partial<SessionForm>): void => setForm((before) => ({ ...before, ...change }));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const failed = await onSubmit(draftOf(form, zone));
    setBusy(false);
    setProblem(failed ?? undefined);
  };
  return (
    <form ref={frame} class="form" onSubmit={(event) => void submit(event)}>
      <TreatmentFields form={form} set={set} problem={problem} />
      {form.setting === "home" && <HomeNeeds patientId={patientId} />}
      <PhaseField form={form} set={set} problem={problem} />
      <TimeFields form={form} set={set} problem={problem} />
      <LeavingFields form={form} set={set} problem={problem} />
      <Notice text={problem ? problemText(problem) : ""} />
      <Button kind="primary" big type="submit" busy={busy}>
        {t("record_session")}
      </Button>
    </form>
  );
}

export interface GroupProps {
  form: SessionForm;
  set: (change: Partial<SessionForm>) => void;
  problem: Problem | undefined;
}

export function TreatmentFields({ form, set, problem }: GroupProps) {
  const routes = ROUTES[form.drug] ?? [];
  const pickDrug = (drug: string): void =>
    pickRoute(ROUTES[drug]?.includes(form.route) ? form.route : (ROUTES[drug]?.[0] ?? ""), drug);
  const pickRoute = (route: string, drug = form.drug): void => set({ drug, route, setting: usualSetting(route) });
  return (
    <>
      <div class="pair">
        <Choices
          legend={t("drug")}
          name="drug"
          value={form.drug}
          choices={coded("drug", Object.keys(ROUTES))}
          onChange={pickDrug}
          error={fieldProblem(problem, "drug")}
        />
        <Choices
          legend={t("route")}
          name="route"
          value={form.route}
          choices={coded("route", routes)}
          onChange={(route) => pickRoute(route)}
          error={fieldProblem(problem, "route")}
        />
      </div>
      <Choices
        legend={t("setting")}
        name="setting"
        value={form.setting}
        choices={coded("setting", ["clinic", "home"])}
        onChange={(setting) => set({ setting })}
        error={fieldProblem(problem, "setting")}
      />
      <div class="pair">
        <DoseField form={form} set={set} problem={problem} />
        <FieldFrame label={t("indication")} error={fieldProblem(problem, "indication")}>
          {(control) => (
            <select
              {...control}
              required
              value={form.indication}
              onChange={(event) => set({ indication: event.currentTarget.value })}
            >
              {!form.indication && <option value="">{t("choose")}</option>}
              {INDICATIONS.map((code) => (
                <option value={code} key={code}>
                  {codeWord("indication", code)}
                </option>
              ))}
            </select>
          )}
        </FieldFrame>
      </div>
    </>
  );
}

function PhaseField({ form, set, problem }: GroupProps) {
  return (
    <FieldFrame label={t("phase")} hint={t("phase_hint")} error={fieldProblem(problem, "phase")}>
      {(control) => (
        <select {...control} value={form.phase} onChange={(event) => set({ phase: event.currentTarget.value })}>
          <option value="">{t("phase_counted")}</option>
          {PHASES.map((code) => (
            <option value={code} key={code}>
              {codeWord("phase", code)}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}

export function DoseField({ form, set, problem }: GroupProps) {
  return (
    <Field
      label={t("dose")}
      type="number"
      inputMode="decimal"
      min="0.1"
      max="2000"
      step="0.1"
      required
      value={form.dose_mg}
      error={fieldProblem(problem, "dose_mg")}
      onInput={(event) => set({ dose_mg: event.currentTarget.value })}
    />
  );
}

export function LeavingFields({ form, set, problem }: GroupProps) {
  const risks = useLoad<{ items: Risk[] }>("/api/sessions/risks").data?.items ?? [];
  const flags = (wanted: boolean): Choice[] =>
    risks.filter((risk) => risk.flags === wanted).map(({ id }) => ({ value: id, label: codeWord("risk", id) }));
  return (
    <>
      <Chips
        legend={t("risks")}
        hint={t("risks_hint")}
        choices={flags(true)}
        values={form.risk}
        onChange={(risk) => set({ risk })}
      />
      <Chips legend={t("also_note")} choices={flags(false)} values={form.risk} onChange={(risk) => set({ risk })} />
      <div class="pair">
        <Field
          label={t("staying_with_ask")}
          hint={t("staying_with_hint")}
          autocomplete="off"
          maxLength={200}
          value={form.staying_with}
          error={fieldProblem(problem, "staying_with")}
          onInput={(event) => set({ staying_with: event.currentTarget.value })}
        />
        <FieldFrame label={t("note_optional")} error={fieldProblem(problem, "note")}>
          {(control) => (
            <textarea
              {...control}
              rows={2}
              value={form.note}
              onInput={(event) => set({ note: event.currentTarget.value })}
            />
          )}
        </FieldFrame>
      </div>
    </>
  );
}
