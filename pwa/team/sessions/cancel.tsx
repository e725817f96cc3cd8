import { useState } from "preact/hooks";
import { Field } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Notice } from "../parts/notice.tsx";
import type { Session } from "../types.ts";

interface CancelProps {
  session: Session;
  onDone: (cancelled: Session) => void;
  onKeep: () => void;
}

export function CancelDialog({ session, onDone, onKeep }: CancelProps) {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const cancel = async (): Promise<void> => {
    if (!reason.trim()) return setProblem(t("reason_needed"));
    setBusy(true);
    const result = await send<Session>("POST", `/api/sessions/${session.id}/cancel`, { reason: reason.trim() });
    setBusy(false);
    if (result.ok) onDone(result.data);
    else setProblem(problemText(result.problem));
  };
  return (
    <Confirm
      title={t("cancel_session_title")}
      text={t("cancel_session_text")}
      yes={t("cancel_session")}
      busy={busy}
      onYes={() => void cancel()}
      onNo={onKeep}
    >
      <Field
        label={t("reason_ask")}
        autocomplete="off"
        value={reason}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <Notice text={problem} />
    </Confirm>
  );
}
