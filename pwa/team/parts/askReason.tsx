import { useState } from "preact/hooks";
import { Field } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Confirm } from "./confirm.tsx";
import { Notice } from "./notice.tsx";

interface AskReasonProps<T> {
  title: string;
  text: string;
  yes: string;
  /** Where the reason is sent. */
  path: string;
  onDone: (answer: T) => void;
  onKeep: () => void;
}

/** Something is done only with a reason, which is kept beside it. */
export function AskReason<T>({ title, text, yes, path, onDone, onKeep }: AskReasonProps<T>) {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    if (!reason.trim()) return setProblem(t("reason_needed"));
    setBusy(true);
    const result = await send<T>("POST", path, { reason: reason.trim() });
    setBusy(false);
    if (result.ok) onDone(result.data);
    else setProblem(problemText(result.problem));
  };
  return (
    <Confirm title={title} text={text} yes={yes} busy={busy} onYes={() => void run()} onNo={onKeep}>
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
