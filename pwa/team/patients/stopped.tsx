import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { mayAct, useMe } from "../state/access.ts";
import type { Patient } from "../types.ts";

/** Nothing goes to this patient until somebody has looked at the number; another number resumes by itself. */
export function MessagesStopped({ patient, onChange }: { patient: Patient; onChange: (patient: Patient) => void }) {
  const me = useMe();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  if (!patient.messages_stopped_at)
    return patient.texts_stopped_at ? <p class="notice notice-warn">{t("texts_stopped")}</p> : null;
  const resume = async () => {
    setBusy(true);
    const result = await send<Patient>("PATCH", `/api/patients/${patient.id}`, { resume_messages: true });
    setBusy(false);
    if (result.ok) onChange(result.data);
    else setProblem(problemText(result.problem));
  };
  return (
    <div class="notice notice-warn">
      <p>{t("messages_stopped")}</p>
      {mayAct(me) && (
        <Button busy={busy} onClick={() => void resume()}>
          {t("resume_messages")}
        </Button>
      )}
      <Notice text={problem} />
    </div>
  );
}
