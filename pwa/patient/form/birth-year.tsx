import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { t } from "../i18n/t.ts";
import { Title } from "../screens/title.tsx";

interface BirthYearProps {
  error?: string | undefined;
  busy?: boolean;
  onSend: (year: number) => void;
  /** After a year that did not match: no answer is kept from the team for want of a year. */
  onSkip?: (() => void) | undefined;
}

/** Answering from a link alone: the birth year tells that the right person answers. */
export function BirthYear({ error, busy, onSend, onSkip }: BirthYearProps) {
  const [year, setYear] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const whole = /^\d{4}$/.test(year.trim());
    setMissing(!whole);
    if (whole) onSend(Number(year));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Title>{t("year_title")}</Title>
      <p>{t("year_text")}</p>
      <Field
        label={t("year_label")}
        inputMode="numeric"
        maxLength={4}
        autocomplete="bday-year"
        value={year}
        onInput={(event) => setYear(event.currentTarget.value)}
        error={missing ? t("year_missing") : error}
      />
      <Button kind="primary" big type="submit" busy={busy ?? false} data-testid="send">
        {t("send")}
      </Button>
      {onSkip && (
        <Button big onClick={onSkip}>
          {t("year_skip")}
        </Button>
      )}
    </form>
  );
}
