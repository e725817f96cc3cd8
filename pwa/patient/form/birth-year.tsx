import { useState } from "preact/hooks";
import { useStore } from "../../shared/store.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { t } from "../i18n/t.ts";
import { outbox, type Sending } from "../outbox.ts";
import { Title } from "../screens/title.tsx";
import type { Stored } from "../types.ts";
import { sendYear, type Target } from "./submit.ts";

/** Answering from a link alone: the birth year tells that the right person answers. */
export function BirthYear({ onSend }: { onSend: (year: number) => void }) {
  return (
    <>
      <Title>{t("year_title")}</Title>
      <p>{t("year_text")}</p>
      <YearForm onSend={onSend} />
    </>
  );
}

/** The year did not match: the clinic has the answer, and the year may be tried again as often as the server allows. */
export function YearAgain({ sending, target }: { sending: Sending; target: Target }) {
  const [id, setId] = useState<string>();
  const again = useStore(outbox).get(id ?? "");
  const [last, setLast] = useState(sending.data as Stored);
  const told = again?.state === "stored" ? (again.data as Stored) : last;
  if (last.birth_year_fits !== false) return null;
  if (told.birth_year_fits) return <p role="status">{t("year_fits")}</p>;
  if (told.too_many_tries) {
    return (
      <p class="notice" role="alert">
        {t("year_too_many")}
      </p>
    );
  }
  const send = (year: number) => {
    setLast(told);
    setId(sendYear(sending, target, year));
  };
  const busy = again?.state === "sending" || again?.state === "queued";
  const failed = again?.state === "refused" || again?.state === "signed_out";
  return (
    <section class="stack">
      <p>{t("year_again")}</p>
      <YearForm onSend={send} busy={busy} error={busy ? undefined : t(failed ? "refused" : "year_wrong")} />
    </section>
  );
}

interface YearFormProps {
  error?: string | undefined;
  busy?: boolean;
  onSend: (year: number) => void;
}

function YearForm({ error, busy, onSend }: YearFormProps) {
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
    </form>
  );
}
