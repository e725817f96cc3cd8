import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { currentLanguage } from "../../shared/i18n/language.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import type { Invitation } from "../api.ts";
import { t } from "../i18n/t.ts";

interface CodeFormProps {
  busy: boolean;
  onSubmit: (invitation: Invitation) => void;
  /** What went wrong, shown above the button. */
  children: ComponentChildren;
}

/** A typed code with the date of birth, for whoever cannot open the link on this phone. */
export function CodeForm({ busy, onSubmit, children }: CodeFormProps) {
  const [code, setCode] = useState("");
  const [birth, setBirth] = useState({ day: "", month: "", year: "" });
  const [checked, setChecked] = useState(false);
  const date = isoDate(birth.year, birth.month, birth.day);
  const submit = (event: Event) => {
    event.preventDefault();
    setChecked(true);
    if (code.trim() && date) onSubmit({ code: code.trim().toUpperCase(), date_of_birth: date });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Field
        label={t("code_label")}
        value={code}
        onInput={(event) => setCode(event.currentTarget.value)}
        autocomplete="one-time-code"
        autocapitalize="characters"
        spellcheck={false}
        error={checked && !code.trim() ? t("code_missing") : undefined}
      />
      <fieldset class="birth">
        <legend>{t("birth_label")}</legend>
        <Field
          label={t("birth_day")}
          inputMode="numeric"
          maxLength={2}
          autocomplete="bday-day"
          value={birth.day}
          onInput={(event) => setBirth({ ...birth, day: event.currentTarget.value })}
        />
        <FieldFrame label={t("birth_month")}>
          {(attributes) => (
            <select
              {...attributes}
              autocomplete="bday-month"
              value={birth.month}
              onChange={(event) => setBirth({ ...birth, month: event.currentTarget.value })}
            >
              <option value="" />
              {monthNames().map((name, index) => (
                <option key={name} value={String(index + 1)}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </FieldFrame>
        <Field
          label={t("birth_year")}
          inputMode="numeric"
          maxLength={4}
          autocomplete="bday-year"
          value={birth.year}
          onInput={(event) => setBirth({ ...birth, year: event.currentTarget.value })}
        />
      </fieldset>
      {checked && !date && (
        <p class="field-error" role="alert">
          {t("birth_wrong")}
        </p>
      )}
      {children}
      <Button kind="primary" big busy={busy} type="submit">
        {t("welcome_start")}
      </Button>
    </form>
  );
}

/** `1990-02-03`, or undefined when there is no such day. */
export function isoDate(year: string, month: string, day: string): string | undefined {
  if (!/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(month) || !/^\d{1,2}$/.test(day)) return undefined;
  const text = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text) ? text : undefined;
}

function monthNames(): string[] {
  const format = new Intl.DateTimeFormat(currentLanguage(), { month: "long", timeZone: "UTC" });
  return Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2000, month, 1)));
}
