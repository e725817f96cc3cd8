import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { languages } from "../../shared/i18n/language.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { fieldProblem } from "../fieldProblem.ts";
import { problemText } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { useFocusOnWrong } from "../parts/wrong.ts";
import { knownZones } from "../time/zone.ts";
import type { PatientDraft } from "../types.ts";

/** The form's own shape: every field but the ticks is text, empty when not given. */
export interface PatientForm {
  name: string;
  date_of_birth: string;
  phone: string;
  email: string;
  time_zone: string;
  language: string;
  quiet_from: string;
  quiet_to: string;
  companion_name: string;
  companion_phone: string;
  text_companion: boolean;
  companion_blocked: boolean;
  address: string;
}

export function emptyForm(zone: string, language: string): PatientForm {
  return {
    name: "",
    date_of_birth: "",
    phone: "",
    email: "",
    time_zone: zone,
    language,
    quiet_from: "",
    quiet_to: "",
    companion_name: "",
    companion_phone: "",
    text_companion: false,
    companion_blocked: false,
    address: "",
  };
}

export function formOf(patient: PatientDraft): PatientForm {
  return {
    name: patient.name,
    date_of_birth: patient.date_of_birth,
    phone: patient.phone,
    email: patient.email ?? "",
    time_zone: patient.time_zone,
    language: patient.language,
    quiet_from: patient.quiet_hours?.from ?? "",
    quiet_to: patient.quiet_hours?.to ?? "",
    companion_name: patient.companion?.name ?? "",
    companion_phone: patient.companion?.phone ?? "",
    text_companion: patient.text_companion ?? false,
    companion_blocked: patient.companion_blocked ?? false,
    address: patient.address ?? "",
  };
}

/** What is sent: with `null` for what was emptied, so that an edit can remove it. */
export function draftOf(form: PatientForm): PatientDraft {
  const text = (value: string): string | null => value.trim() || null;
  const quiet = form.quiet_from || form.quiet_to ? { from: form.quiet_from, to: form.quiet_to } : null;
  const companion = { name: form.companion_name.trim(), phone: form.companion_phone.trim() };
  return {
    name: form.name.trim(),
    date_of_birth: form.date_of_birth,
    phone: form.phone.trim(),
    email: text(form.email),
    time_zone: form.time_zone,
    language: form.language as PatientDraft["language"],
    quiet_hours: quiet,
    companion: companion.name || companion.phone ? companion : null,
    text_companion: form.text_companion,
    companion_blocked: form.companion_blocked,
    address: text(form.address),
  };
}

interface FormProps {
  start: PatientForm;
  submitLabel: string;
  /** Asks for consent before sending. */
  consent?: boolean;
  onSubmit: (form: PatientForm) => Promise<Problem | null>;
}

export function PatientFields({ start, submitLabel, consent, onSubmit }: FormProps) {
  const [form, setForm] = useState(start);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const frame = useFocusOnWrong(problem);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const failed = await onSubmit(form);
    setBusy(false);
    setProblem(failed ?? undefined);
  };
  const tick = (name: Tick) => ({
    checked: form[name],
    onChange: (event: { currentTarget: { checked: boolean } }) =>
      setForm({ ...form, [name]: event.currentTarget.checked }),
  });
  const field = (name: TextName, api: string = name) => ({
    value: form[name],
    error: fieldProblem(problem, api),
    onInput: (event: { currentTarget: { value: string } }) => setForm({ ...form, [name]: event.currentTarget.value }),
  });
  return (
    <form ref={frame} class="form" onSubmit={(event) => void submit(event)}>
      <div class="pair">
        <Field label={t("name")} required autocomplete="off" {...field("name")} />
        <Field label={t("date_of_birth")} type="date" required {...field("date_of_birth")} />
      </div>
      <div class="pair">
        <Field label={t("phone")} hint={t("phone_hint")} type="tel" required autocomplete="off" {...field("phone")} />
        <Field label={t("email_optional")} type="email" autocomplete="off" {...field("email")} />
      </div>
      <PlaceFields field={field} />
      <CompanionFields field={field} tick={tick} />
      {consent && (
        <label class="check">
          <input type="checkbox" required />
          {t("consent_sentence")}
        </label>
      )}
      <Notice text={problem ? problemText(problem) : ""} />
      <Button kind="primary" big type="submit" busy={busy}>
        {submitLabel}
      </Button>
    </form>
  );
}

type Tick = "text_companion" | "companion_blocked";
type TextName = Exclude<keyof PatientForm, Tick>;
type TickMaker = (name: Tick) => {
  checked: boolean;
  onChange: (event: { currentTarget: { checked: boolean } }) => void;
};
type FieldMaker = (
  name: TextName,
  api?: string,
) => { value: string; error: string | undefined; onInput: (event: { currentTarget: { value: string } }) => void };

function PlaceFields({ field }: { field: FieldMaker }) {
  const { error, ...language } = field("language");
  return (
    <>
      <div class="pair">
        <Field label={t("time_zone")} list="zones" required autocomplete="off" {...field("time_zone")} />
        <datalist id="zones">
          {knownZones().map((zone) => (
            <option value={zone} key={zone} />
          ))}
        </datalist>
        <FieldFrame label={t("language")} error={error}>
          {(control) => (
            <select {...control} {...language}>
              {languages.map((code) => (
                <option value={code} key={code}>
                  {codeWord("language", code)}
                </option>
              ))}
            </select>
          )}
        </FieldFrame>
      </div>
      <fieldset class="group">
        <legend>{t("quiet_hours")}</legend>
        <p class="field-hint">{t("quiet_hours_hint")}</p>
        <div class="pair">
          <Field label={t("quiet_from")} type="time" {...field("quiet_from", "quiet_hours.from")} />
          <Field label={t("quiet_to")} type="time" {...field("quiet_to", "quiet_hours.to")} />
        </div>
      </fieldset>
    </>
  );
}

function CompanionFields({ field, tick }: { field: FieldMaker; tick: TickMaker }) {
  const { error, ...address } = field("address");
  return (
    <>
      <fieldset class="group">
        <legend>{t("companion")}</legend>
        <p class="field-hint">{t("companion_hint")}</p>
        <div class="pair">
          <Field label={t("companion_name")} autocomplete="off" {...field("companion_name", "companion.name")} />
          <Field
            label={t("companion_phone")}
            type="tel"
            autocomplete="off"
            {...field("companion_phone", "companion.phone")}
          />
        </div>
        <label class="check">
          <input type="checkbox" {...tick("text_companion")} />
          {t("text_companion")}
        </label>
        <label class="check">
          <input type="checkbox" {...tick("companion_blocked")} />
          {t("companion_blocked")}
        </label>
      </fieldset>
      <FieldFrame label={t("home_address")} hint={t("home_address_hint")} error={error}>
        {(control) => <textarea {...control} rows={2} {...address} />}
      </FieldFrame>
    </>
  );
}
