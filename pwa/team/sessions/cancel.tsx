import { t } from "../i18n/t.ts";
import { AskReason } from "../parts/askReason.tsx";
import type { Session } from "../types.ts";

interface CancelProps {
  session: Session;
  onDone: (cancelled: Session) => void;
  onKeep: () => void;
}

export function CancelDialog({ session, onDone, onKeep }: CancelProps) {
  return (
    <AskReason<Session>
      title={t("cancel_session_title")}
      text={t("cancel_session_text")}
      yes={t("cancel_session")}
      path={`/api/sessions/${session.id}/cancel`}
      onDone={onDone}
      onKeep={onKeep}
    />
  );
}
