import type { Problem } from "../../shared/api.ts";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { fieldMessage } from "../../shared/api.ts";
import { codeWord } from "../i18n/t.ts";
import { Chips, Choices } from "../parts/choices.tsx";
import { useLoad } from "../state/load.ts";
import type { Risk } from "../types.ts";
import type { StepForm } from "./draft.ts";
import { said, v, word } from "./i18n/t.ts";
import type { Kind } from "./types.ts";

export interface FieldsProps {
  form: StepForm;
  set: (change: Partial<StepForm>) => void;
  problem: Problem | undefined;
}

const SIDE_EFFECTS = [
  "dizziness",
  "nausea",
  "vomiting",
  "headache",
  "confusion",
  "hallucinations",
  "anxiety",
  "blurred_vision",
  "double_vision",
  "palpitations",
  "other",
];
const EXPERIENCES = [
  "sedation",
  "relaxation",
  "calm",
  "euphoria",
  "dissociation",
  "out_of_body",
  "dreamlike",
  "detached",
  "easier_feelings",
  "less_pain",
  "better_mood",
  "no_change",
  "other",
];
const UNITS = ["mg", "g", "mcg", "ml", "l_min", "puffs", "drops", "units"];
const GIVEN_BY = ["oral", "sublingual", "iv", "im", "sc", "intranasal", "inhaled", "rectal", "patch"];
const GRADES = ["0", "1", "2", "3", "4"];

const words = (group: string, codes: readonly string[]) => codes.map((value) => ({ value, label: word(group, value) }));
const yesNo = () => [
  { value: "yes", label: v("yes") },
  { value: "no", label: v("no") },
];

function wrong(problem: Problem | undefined, field: string): string | undefined {
  const message = fieldMessage(problem, field);
  return message && said(message);
}

/** The fields of a kind of step; the rest have their time and a note. */
export function StepFields({ kind, ...props }: FieldsProps & { kind: Kind }) {
  switch (kind) {
    case "vitals_before":
    case "vitals_during":
    case "vitals_leaving":
      return <VitalsFields {...props} />;
    case "state":
      return <StateFields {...props} />;
    case "effect":
      return <EffectFields {...props} />;
    case "medicine":
      return <MedicineFields {...props} />;
    case "pre_form":
      return <PreFormFields {...props} />;
    case "suitability":
      return <Pick {...props} field="suitability.cleared" name="cleared" legend={v("cleared")} choices={yesNo()} />;
    case "start":
      return <StartFields {...props} />;
    case "discharge":
      return <DischargeFields {...props} />;
    default:
      return null;
  }
}

type TextName = { [K in keyof StepForm]: StepForm[K] extends string ? K : never }[keyof StepForm];

interface OneProps extends FieldsProps {
  field: string;
  name: TextName;
}

function Pick({ form, set, problem, field, name, ...rest }: OneProps & { legend: string; choices: { value: string; label: string }[] }) {
  return (
    <Choices {...rest} name={name} value={form[name]} onChange={(value) => set({ [name]: value })} error={wrong(problem, field)} />
  );
}

function Entry({ form, set, problem, field, name, ...rest }: OneProps & { label: string; hint?: string; maxLength?: number }) {
  return (
    <Field
      {...rest}
      autocomplete="off"
      value={form[name]}
      error={wrong(problem, field)}
      onInput={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
}

function NumberEntry(props: OneProps & { label: string; min: number; max: number; step?: string }) {
  const { form, set, problem, field, name, label, min, max, step = "1" } = props;
  return (
    <Field
      label={label}
      type="number"
      inputMode={step === "1" ? "numeric" : "decimal"}
      min={min}
      max={max}
      step={step}
      value={form[name]}
      error={wrong(problem, field)}
      onInput={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
}

function Select({ form, set, name, label, codes, group }: FieldsProps & { name: TextName; label: string; codes: string[]; group: string }) {
  return (
    <FieldFrame label={label}>
      {(control) => (
        <select {...control} value={form[name]} onChange={(event) => set({ [name]: event.currentTarget.value })}>
          {codes.map((code) => (
            <option value={code} key={code}>
              {word(group, code)}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}

function Tick({ checked, label, onChange }: { checked: boolean; label: string; onChange: (on: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

function VitalsFields(props: FieldsProps) {
  return (
    <>
      <div class="vitals-fields">
        <NumberEntry {...props} field="vitals.systolic" name="systolic" label={v("systolic")} min={40} max={300} />
        <NumberEntry {...props} field="vitals.diastolic" name="diastolic" label={v("diastolic")} min={20} max={200} />
        <NumberEntry {...props} field="vitals.heart_rate" name="heart_rate" label={v("heart_rate")} min={20} max={250} />
        <NumberEntry {...props} field="vitals.spo2" name="spo2" label={v("spo2")} min={50} max={100} />
        <NumberEntry {...props} field="vitals.breaths" name="breaths" label={v("breaths")} min={0} max={80} />
      </div>
      <Pick
        {...props}
        field="vitals.breathing"
        name="breathing"
        legend={v("breathing")}
        choices={words("breathing", ["calm", "slow", "fast", "pauses"])}
      />
    </>
  );
}

function StateFields(props: FieldsProps) {
  return (
    <>
      <Pick {...props} field="state.sedation" name="sedation" legend={v("sedation")} choices={words("sedation", GRADES)} />
      <Pick
        {...props}
        field="state.dissociation"
        name="dissociation"
        legend={v("dissociation")}
        choices={words("dissociation", GRADES)}
      />
    </>
  );
}

function EffectFields(props: FieldsProps) {
  const { form, set, problem } = props;
  const side = form.sort === "side";
  return (
    <>
      <Choices
        legend={v("effect_sort")}
        name="sort"
        value={form.sort}
        choices={[
          { value: "side", label: v("effect_side") },
          { value: "lived", label: v("effect_lived") },
        ]}
        onChange={(sort) => set({ sort, which: "" })}
      />
      <Pick
        {...props}
        field="effect.side_effect"
        name="which"
        legend={v("effect_which")}
        choices={words("effect", side ? SIDE_EFFECTS : EXPERIENCES)}
      />
      {form.which === "other" && <Entry {...props} field="effect.words" name="words" label={v("effect_words")} maxLength={200} />}
      {side ? (
        <Pick
          {...props}
          field="effect.severity"
          name="severity"
          legend={v("severity")}
          choices={words("severity", ["mild", "moderate", "severe"])}
        />
      ) : (
        <Pick
          {...props}
          field="effect.feeling"
          name="feeling"
          legend={v("feeling")}
          choices={words("feeling", ["pleasant", "expected", "distressing"])}
        />
      )}
      <Tick checked={form.resolved} label={v("resolved")} onChange={(resolved) => set({ resolved })} />
      {form.resolved && (
        <Field
          label={v("resolved_at")}
          type="datetime-local"
          value={form.resolved_at}
          error={wrong(problem, "effect.resolved_at")}
          onInput={(event) => set({ resolved_at: event.currentTarget.value })}
        />
      )}
      {side && (
        <Tick checked={form.with_medicine} label={v("with_medicine")} onChange={(on) => set({ with_medicine: on })} />
      )}
    </>
  );
}

function MedicineFields(props: FieldsProps) {
  return (
    <div class="pair">
      <Entry {...props} field="medicine.name" name="name" label={v("medicine_name")} maxLength={100} />
      <NumberEntry {...props} field="medicine.dose" name="dose" label={v("medicine_dose")} min={0} max={100000} step="any" />
      <Select {...props} name="unit" label={v("medicine_unit")} group="unit" codes={UNITS} />
      <Select {...props} name="given_by" label={v("given_by")} group="given_by" codes={GIVEN_BY} />
    </div>
  );
}

function PreFormFields(props: FieldsProps) {
  const { form, set } = props;
  return (
    <>
      <Pick {...props} field="pre_form.fasting" name="fasting" legend={v("fasting")} choices={yesNo()} />
      <div class="pair">
        <Entry {...props} field="pre_form.escort" name="escort" label={v("escort")} maxLength={200} />
        <Entry
          {...props}
          field="pre_form.address_tonight"
          name="address_tonight"
          label={v("address_tonight")}
          maxLength={300}
        />
        <Entry
          {...props}
          field="pre_form.new_medicines"
          name="new_medicines"
          label={v("new_medicines")}
          hint={v("new_medicines_hint")}
          maxLength={500}
        />
      </div>
      <Chips
        legend={v("taken_today")}
        choices={words("taken", ["sedative", "opioid", "alcohol"])}
        values={form.taken_today}
        onChange={(taken_today) => set({ taken_today })}
      />
      <Chips
        legend={v("regular_medicines")}
        choices={words("medicines", ["benzodiazepine", "sedative_hypnotic", "psychostimulant", "maoi", "opioid"])}
        values={form.regular_medicines}
        onChange={(regular_medicines) => set({ regular_medicines })}
      />
      <Pick
        {...props}
        field="pre_form.pregnancy"
        name="pregnancy"
        legend={v("pregnancy")}
        choices={words("pregnancy", ["no", "pregnant", "maybe", "breastfeeding"])}
      />
      <fieldset class="group">
        <legend>{v("form_bp")}</legend>
        <div class="pair">
          <NumberEntry {...props} field="pre_form.systolic" name="systolic" label={v("systolic")} min={40} max={300} />
          <NumberEntry {...props} field="pre_form.diastolic" name="diastolic" label={v("diastolic")} min={20} max={200} />
        </div>
      </fieldset>
      <NumberEntry {...props} field="pre_form.mood" name="mood" label={v("mood")} min={0} max={10} />
      <p class="notice">{v("ask_alone")}</p>
      <Pick
        {...props}
        field="pre_form.safety"
        name="safety"
        legend={v("safety")}
        choices={words("safety", ["no", "not_worth", "yes", "talk"])}
      />
      <Tick checked={form.attempt} label={v("attempt")} onChange={(attempt) => set({ attempt })} />
    </>
  );
}

function StartFields(props: FieldsProps) {
  return (
    <div class="pair">
      <NumberEntry {...props} field="start.dose_mg" name="dose_mg" label={v("dose")} min={0.1} max={2000} step="0.1" />
      <Entry {...props} field="start.lot" name="lot" label={v("lot")} maxLength={60} />
    </div>
  );
}

const ASKED_ABOVE = ["alone_tonight", "bp_high", "badly_tolerated", "suicidal_thoughts", "attempt_90_days", "pregnancy"];

function DischargeFields(props: FieldsProps) {
  const { form, set } = props;
  const risks = useLoad<{ items: Risk[] }>("/api/sessions/risks").data?.items ?? [];
  const open = risks.filter((risk) => !ASKED_ABOVE.includes(risk.id));
  return (
    <>
      <Pick {...props} field="discharge.alone_tonight" name="alone" legend={v("alone_tonight")} choices={yesNo()} />
      <Entry {...props} field="discharge.staying_with" name="staying_with" label={v("staying_with")} maxLength={200} />
      <Chips
        legend={v("more_risks")}
        choices={open.map(({ id }) => ({ value: id, label: codeWord("risk", id) }))}
        values={form.risk}
        onChange={(risk) => set({ risk })}
      />
      <Tick checked={form.serious} label={v("serious_event")} onChange={(serious) => set({ serious })} />
    </>
  );
}
