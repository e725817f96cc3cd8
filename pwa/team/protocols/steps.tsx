import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { Chips } from "../parts/choices.tsx";
import { DRUGS, INDICATIONS, PHASES, ROUTES, coded } from "./codes.ts";
import { t } from "./i18n/t.ts";
import { Both, Check, Findings, PartForm, Pick, Span, numberOrNull, withPart, words } from "./parts.tsx";
import type { Editing, Step } from "./types.ts";

interface StepsProps {
  editing: Editing;
  may: boolean;
}

/** Every check-in as a card: when, how long, reminders, who, for which sessions. */
export function Steps({ editing, may }: StepsProps) {
  const { document, steps } = editing.draft.shown;
  const [adding, setAdding] = useState(false);
  const planned = [...document.check_ins, ...(document.course ?? [])];
  const extra = [document.recheck, ...(document.companion ? [document.companion.look_in, document.companion.again] : [])];
  const said = new Map(steps.map((one) => [one.key, one.words]));
  const fresh: Step = {
    key: "new",
    title: { en: "", es: "" },
    questionnaire: document.questionnaires[0]?.id ?? "",
    anchor: "end",
    offset_minutes: 1440,
    window_minutes: 480,
    nudges: [],
    asks: "patient",
    only_if: "always",
    only_with_risk: [],
    passes_quiet_hours: false,
  };
  return (
    <section class="panel">
      <h2>{t("steps")}</h2>
      {planned.map((step) => (
        <Card key={step.key} editing={editing} step={step} said={said.get(step.key) ?? []} may={may} planned />
      ))}
      {may && !adding && <Button onClick={() => setAdding(true)}>{t("step_add")}</Button>}
      {adding && (
        <StepForm
          editing={editing}
          step={fresh}
          planned
          onDone={() => setAdding(false)}
          save={(step) => editing.change({ op: "add_step", step })}
        />
      )}
      <details>
        <summary>{t("steps_extra")}</summary>
        {extra.map((step) => (
          <Card key={step.key} editing={editing} step={step} said={said.get(step.key) ?? []} may={may} />
        ))}
      </details>
    </section>
  );
}

interface CardProps extends StepsProps {
  step: Step;
  said: string[];
  planned?: boolean;
}

function Card({ editing, step, said, may, planned = false }: CardProps) {
  const [open, setOpen] = useState(false);
  return (
    <article class="group">
      <h3>{words(step.title)}</h3>
      <Findings draft={editing.draft} part="step" of={step.key} />
      {open ? (
        <StepForm
          editing={editing}
          step={step}
          planned={planned}
          onDone={() => setOpen(false)}
          save={(changed) => editing.change({ op: "set_step", step: changed })}
        />
      ) : (
        <>
          <p>{said.join("; ")}</p>
          {may && (
            <div class="buttons">
              <Button onClick={() => setOpen(true)}>{t("change_it", { title: words(step.title) })}</Button>
              {planned && (
                <Button kind="quiet" onClick={() => void editing.change({ op: "remove_step", key: step.key })}>
                  {t("remove_it", { title: words(step.title) })}
                </Button>
              )}
            </div>
          )}
        </>
      )}
    </article>
  );
}

interface StepFormProps {
  editing: Editing;
  step: Step;
  planned: boolean;
  onDone: () => void;
  save: (step: Step) => Promise<string>;
}

function StepForm({ editing, step: before, planned, onDone, save }: StepFormProps) {
  const [step, setStep] = useState(before);
  const set = (part: Partial<Step>): void => setStep({ ...step, ...part });
  const { questionnaires } = editing.draft.shown.document;
  const { nudges } = step;
  return (
    <PartForm save={() => save(step)} onDone={onDone}>
      <Both label={t("name")} text={step.title} onChange={(title) => set({ title })} />
      <Span label={t("when")} minutes={step.offset_minutes} onChange={(n) => set({ offset_minutes: n })} />
      {!step.repeat && (
        <Pick
          label={t("after")}
          value={step.anchor}
          choices={(["start", "end", "discharge", "last_answer"] as const).map((one) => [one, t(`anchor_${one}`)])}
          onChange={(anchor) => set({ anchor: anchor as Step["anchor"] })}
        />
      )}
      <Span label={t("window")} minutes={step.window_minutes} onChange={(n) => set({ window_minutes: n })} />
      <fieldset class="group">
        <legend>{t("reminders")}</legend>
        {nudges.map((nudge, at) => (
          <div key={at}>
            <Span
              label={t("reminder_after")}
              minutes={nudge.minutes}
              onChange={(minutes) => set({ nudges: withPart(nudges, at, { minutes }) })}
            />
            <Check
              label={t("by_text")}
              on={nudge.channel === "sms"}
              onChange={(on) => set({ nudges: withPart(nudges, at, { channel: on ? "sms" : "any" }) })}
            />
            <Button kind="quiet" onClick={() => set({ nudges: nudges.filter((_, n) => n !== at) })}>
              {t("reminder_remove")}
            </Button>
          </div>
        ))}
        <Button onClick={() => set({ nudges: [...nudges, { minutes: 60, channel: "any" }] })}>{t("reminder_add")}</Button>
      </fieldset>
      <Pick
        label={t("form")}
        value={step.questionnaire}
        choices={questionnaires.map((form) => [form.id, words(form.title)])}
        onChange={(questionnaire) => set({ questionnaire })}
      />
      <Pick
        label={t("asks")}
        value={step.asks}
        choices={[
          ["patient", t("patient")],
          ["companion", t("companion")],
        ]}
        onChange={(asks) => set({ asks: asks as "patient" })}
      />
      <Check
        label={t("night")}
        on={step.passes_quiet_hours}
        onChange={(on) => set({ passes_quiet_hours: on })}
      />
      <Check
        label={t("only_if")}
        on={step.only_if === "last_not_clear_or_missed"}
        onChange={(on) => set({ only_if: on ? "last_not_clear_or_missed" : "always" })}
      />
      {planned && <Repeats step={step} set={set} />}
      {planned && <Limits step={step} set={set} />}
    </PartForm>
  );
}

interface PartProps {
  step: Step;
  set: (part: Partial<Step>) => void;
}

function Repeats({ step, set }: PartProps) {
  const repeat = step.repeat;
  const put = (part: Partial<NonNullable<Step["repeat"]>>): void => {
    if (repeat) set({ repeat: { ...repeat, ...part } });
  };
  const starting = { repeat: { every_days: 7, until_days: 84, at: "10:00" }, offset_minutes: 10080 };
  return (
    <fieldset class="group">
      <legend>{t("repeats")}</legend>
      <Check label={t("repeats_on")} on={Boolean(repeat)} onChange={(on) => set(on ? starting : { repeat: null })} />
      {repeat && (
        <>
          <div class="pair">
            <Field
              label={t("every")}
              type="number"
              min="1"
              value={String(repeat.every_months ?? repeat.every_days)}
              onInput={(event) => {
                const count = Number(event.currentTarget.value);
                put(repeat.every_months ? { every_months: count } : { every_days: count });
              }}
            />
            <Pick
              label={t("unit")}
              value={repeat.every_months ? "months" : "days"}
              choices={[
                ["days", t("days")],
                ["months", t("months")],
              ]}
              onChange={(unit) =>
                put(unit === "months" ? { every_months: 1, every_days: 28 } : { every_months: null, every_days: 7 })
              }
            />
          </div>
          <Field label={t("at")} type="time" value={repeat.at} onInput={(event) => put({ at: event.currentTarget.value })} />
          <Field
            label={t("until_days")}
            type="number"
            min="1"
            value={String(repeat.until_days)}
            onInput={(event) => put({ until_days: Number(event.currentTarget.value) })}
          />
        </>
      )}
    </fieldset>
  );
}

function Limits({ step, set }: PartProps) {
  const only = step.only_for ?? { routes: [], drugs: [], indications: [], phases: [] };
  const put = (part: Partial<NonNullable<Step["only_for"]>>): void => set({ only_for: { ...only, ...part } });
  const named = (group: string, codes: readonly string[]) => coded(group, codes).map(([value, label]) => ({ value, label }));
  return (
    <details>
      <summary>{t("only_for")}</summary>
      <p class="soft">{t("only_for_hint")}</p>
      <Chips
        legend={t("phase")}
        choices={PHASES.map((value) => ({ value, label: t(value) }))}
        values={[...only.phases]}
        onChange={(phases) => put({ phases: phases as "booster"[] })}
      />
      <Chips
        legend={t("route")}
        choices={named("route", ROUTES)}
        values={[...only.routes]}
        onChange={(routes) => put({ routes })}
      />
      <Chips
        legend={t("drug")}
        choices={named("drug", DRUGS)}
        values={[...only.drugs]}
        onChange={(drugs) => put({ drugs })}
      />
      <Chips
        legend={t("indication")}
        choices={named("indication", INDICATIONS)}
        values={[...only.indications]}
        onChange={(indications) => put({ indications })}
      />
      <div class="pair">
        <Field
          label={t("from_session")}
          type="number"
          min="1"
          value={only.from_session == null ? "" : String(only.from_session)}
          onInput={(event) => put({ from_session: numberOrNull(event.currentTarget.value) })}
        />
        <Field
          label={t("to_session")}
          type="number"
          min="1"
          value={only.to_session == null ? "" : String(only.to_session)}
          onInput={(event) => put({ to_session: numberOrNull(event.currentTarget.value) })}
        />
      </div>
    </details>
  );
}
