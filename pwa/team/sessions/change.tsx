import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { useFocusOnWrong } from "../parts/wrong.ts";
import { useMe } from "../state/access.ts";
import type { Session, SessionChange } from "../types.ts";
import { draftOf, formOf, type SessionForm } from "./draft.ts";
import { DoseField, LeavingFields } from "./form.tsx";
import { TimeFields } from "./times.tsx";

interface ChangeProps {
  session: Session;
  onDone: (changed: Session) => void;
  onCancel: () => void;
}

/** Corrects times or adds the discharge; only what has not been asked yet is planned anew. */
export function ChangeForm({ session, onDone, onCancel }: ChangeProps) {
  const zone = useMe().clinic.time_zone;
  const [form, setForm] = useState(formOf(session, zone));
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const frame = useFocusOnWrong(problem);
  const set = (change: Partial<SessionForm>): void => setForm((before) => ({ ...before, ...change }));
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const result = await send<Session>(
      "PATCH",
      `/api/sessions/${session.id}`,
      changes(formOf(session, zone), form, zone),
    );
    setBusy(false);
    if (result.ok) onDone(result.data);
    else setProblem(result.problem);
  };
  return (
    <form ref={frame} class="form panel" onSubmit={(event) => void save(event)}>
      <h2>{t("change_session")}</h2>
      <TimeFields form={form} set={set} problem={problem} />
      <DoseField form={form} set={set} problem={problem} />
      <LeavingFields form={form} set={set} problem={problem} />
      <Notice text={problem ? problemText(problem) : ""} />
      <div class="buttons">
        <Button kind="primary" type="submit" busy={busy}>
          {t("save")}
        </Button>
        <Button onClick={onCancel}>{t("cancel")}</Button>
      </div>
    </form>
  );
}

const CHANGEABLE = ["started_at", "ended_at", "discharged_at", "dose_mg", "note", "staying_with", "risk"] as const;

/** Times are compared as shown, to the minute: an untouched one is not sent and keeps its seconds. */
function changes(before: SessionForm, after: SessionForm, zone: string): SessionChange {
  const draft = draftOf(after, zone);
  const changed = CHANGEABLE.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, draft[name] ?? null]));
}
