import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { problemText } from "../calls.ts";
import { useFocusOnWrong } from "../parts/wrong.ts";
import { mayDecide, useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { localIn } from "../time/zone.ts";
import { stepOf, type StepForm } from "./draft.ts";
import { StepFields } from "./fields.tsx";
import { said, v, word } from "./i18n/t.ts";
import { record, type Outcome } from "./sending.ts";
import type { Kind, Visit } from "./types.ts";

interface StepFormProps {
  visit: Visit;
  kind: Kind;
  start: StepForm;
  corrects?: string | undefined;
  onDone: (outcome: Outcome, kind: Kind) => void;
}

/** What the server said, with the reasons of a held start. */
export function problemWords(problem: Problem): string {
  const reasons = (problem.body["reasons"] as { text: string }[] | undefined)?.map((reason) => reason.text) ?? [];
  const fields = problem.errors.map((error) => said(error.message));
  const first = problem.kind === "conflict" ? said(problem.title) : problemText(problem);
  return [first, ...reasons, ...fields].join(" ");
}

/** One step: its fields, and a big button that takes the time. */
export function StepEntry({ visit, kind, start, corrects, onDone }: StepFormProps) {
  const me = useMe();
  const zone = me.clinic.time_zone;
  const [form, setForm] = useState(start);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const frame = useFocusOnWrong(problem);
  const set = (change: Partial<StepForm>): void => setForm((before) => ({ ...before, ...change }));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const outcome = await record(visit.id, stepOf(kind, form, zone, corrects));
    setBusy(false);
    if (outcome.is === "refused") setProblem(outcome.problem);
    else onDone(outcome, kind);
  };
  const held = kind === "start" && !corrects && visit.holds.length > 0;
  return (
    <form ref={frame} class="form" onSubmit={(event) => void submit(event)}>
      <StepFields kind={kind} form={form} set={set} problem={problem} />
      {held && mayDecide(me) && (
        <Field
          label={v("override")}
          hint={v("override_hint")}
          autocomplete="off"
          maxLength={500}
          value={form.override}
          onInput={(event) => set({ override: event.currentTarget.value })}
        />
      )}
      {held && !mayDecide(me) && <p class="notice notice-warn">{v("override_hint")}</p>}
      <FieldFrame label={v(kind === "stopped" ? "note_needed" : "note")}>
        {(control) => (
          <textarea {...control} rows={2} value={form.note} onInput={(event) => set({ note: event.currentTarget.value })} />
        )}
      </FieldFrame>
      {form.at ? (
        <Field
          label={word("kind", kind)}
          hint={v("other_time_hint")}
          type="datetime-local"
          value={form.at}
          error={problem?.errors.some((error) => error.field === "at") ? problemWords(problem) : undefined}
          onInput={(event) => set({ at: event.currentTarget.value })}
        />
      ) : (
        <Button onClick={() => set({ at: localIn(careNow(), zone) })}>{v("other_time")}</Button>
      )}
      {problem && (
        <p class="notice notice-bad" role="alert">
          {problemWords(problem)}
        </p>
      )}
      <Button kind="primary" big type="submit" busy={busy}>
        {form.at ? v("save", { step: word("kind", kind) }) : `${word("kind", kind)}: ${v("record_now")}`}
      </Button>
    </form>
  );
}
