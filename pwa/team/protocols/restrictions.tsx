import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { t } from "./i18n/t.ts";
import { Both, Check, Findings, PartForm, words } from "./parts.tsx";
import type { Editing, Restriction } from "./types.ts";

interface RestrictionsProps {
  editing: Editing;
  may: boolean;
}

const FRESH: Restriction = { id: "new", text: { en: "", es: "" }, hours: 24, morning: null, after_sleep: false, source: "own" };

/** What patients are told not to do after a session, and until when. */
export function Restrictions({ editing, may }: RestrictionsProps) {
  const { document, restrictions } = editing.draft.shown;
  const [open, setOpen] = useState("");
  const close = (form: string): void => setOpen((now) => (now === form ? "" : now));
  const said = new Map(restrictions.map((one) => [one.key, one.words[0]]));
  return (
    <section class="panel">
      <h2>{t("restrictions")}</h2>
      {(document.restrictions ?? []).map((one) => (
        <article class="group" key={one.id}>
          <h3>{words(one.text)}</h3>
          <Findings draft={editing.draft} part="restriction" of={one.id} />
          {open === one.id ? (
            <RestrictionForm
              restriction={one}
              onDone={() => close(one.id)}
              save={(restriction) => editing.change({ op: "set_restriction", restriction })}
            />
          ) : (
            <>
              <p>{said.get(one.id)}</p>
              {may && (
                <div class="buttons">
                  <Button onClick={() => setOpen(one.id)}>{t("change_it", { title: words(one.text) })}</Button>
                  <Button kind="quiet" onClick={() => void editing.change({ op: "remove_restriction", id: one.id })}>
                    {t("remove_it", { title: words(one.text) })}
                  </Button>
                </div>
              )}
            </>
          )}
        </article>
      ))}
      {may && open !== FRESH.id && <Button onClick={() => setOpen(FRESH.id)}>{t("restriction_add")}</Button>}
      {open === FRESH.id && (
        <RestrictionForm
          restriction={FRESH}
          onDone={() => close(FRESH.id)}
          save={(restriction) => editing.change({ op: "add_restriction", restriction })}
        />
      )}
    </section>
  );
}

interface FormProps {
  restriction: Restriction;
  onDone: () => void;
  save: (restriction: Restriction) => Promise<string>;
}

function RestrictionForm({ restriction: before, onDone, save }: FormProps) {
  const [restriction, setRestriction] = useState(before);
  const set = (part: Partial<Restriction>): void => setRestriction({ ...restriction, ...part });
  const { morning } = restriction;
  return (
    <PartForm save={() => save(restriction)} onDone={onDone}>
      <Both label={t("restriction_words")} text={restriction.text} onChange={(text) => set({ text })} />
      <Field
        label={t("restriction_hours")}
        type="number"
        min="0"
        step="any"
        value={String(restriction.hours)}
        onInput={(event) => set({ hours: Number(event.currentTarget.value) })}
      />
      <Check label={t("restriction_morning")} on={morning != null} onChange={(on) => set({ morning: on ? "08:00" : null })} />
      {morning != null && (
        <Field label={t("at")} type="time" value={morning} onInput={(event) => set({ morning: event.currentTarget.value })} />
      )}
      <Check
        label={t("restriction_slept")}
        on={restriction.after_sleep ?? false}
        onChange={(on) => set({ after_sleep: on })}
      />
    </PartForm>
  );
}
