import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { t } from "./i18n/t.ts";
import { Findings, PartForm } from "./parts.tsx";
import type { Editing } from "./types.ts";

/** How long a form may rest once an answer of it was sent at once. */
export function Midway({ editing, may }: { editing: Editing; may: boolean }) {
  const { document, midway } = editing.draft.shown;
  const [minutes, setMinutes] = useState<string>();
  return (
    <section class="panel">
      <h2>{t("midway")}</h2>
      <Findings draft={editing.draft} part="missed" of="midway" />
      {minutes === undefined ? (
        <>
          <p>{midway}</p>
          {may && (
            <Button onClick={() => setMinutes(String(document.missed.midway_minutes))}>
              {t("change_it", { title: t("midway") })}
            </Button>
          )}
        </>
      ) : (
        <PartForm
          save={() => editing.change({ op: "set_midway", minutes: Number(minutes) })}
          onDone={() => setMinutes(undefined)}
        >
          <Field
            label={t("midway_minutes")}
            hint={t("midway_hint")}
            type="number"
            min="1"
            max="60"
            step="1"
            required
            value={minutes}
            onInput={(event) => setMinutes(event.currentTarget.value)}
          />
        </PartForm>
      )}
    </section>
  );
}
