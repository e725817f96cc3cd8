import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { AskReason } from "../parts/askReason.tsx";
import { mayDecide, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Hold, Page } from "../types.ts";

/** What holds the next session, until a prescriber decides that it may take place. */
export function Holds({ patientId, again }: { patientId: string; again?: string }) {
  const path = `/api/patients/${patientId}/holds`;
  const holds = useLoad<Page<Hold>>(path);
  useEffect(() => holds.reload(), [again]);
  const [ending, setEnding] = useState<Hold>();
  const me = useMe();
  const holding = holds.data?.items.filter((hold) => !hold.ended) ?? [];
  const when = (at: string): string => dayAndTime(at, me.clinic.time_zone, careNow());
  return (
    <>
      <Notice text={holds.problem} />
      {holding.map((hold) => (
        <div class="notice notice-bad" data-testid="hold" key={hold.id}>
          <p>
            <strong>{t("hold_title")}</strong> {hold.text} ({when(hold.at)})
          </p>
          {mayDecide(me) ? <Button onClick={() => setEnding(hold)}>{t("hold_end")}</Button> : <p>{t("hold_ask")}</p>}
        </div>
      ))}
      {holds.data?.items.map(
        ({ id, text, ended }) =>
          ended && (
            <p class="soft" key={id}>
              {t("hold_ended", { text, name: ended.by, time: when(ended.at), reason: ended.reason })}
            </p>
          ),
      )}
      {ending && (
        <EndDialog
          path={`${path}/${ending.id}/end`}
          onDone={(list) => {
            holds.set(list);
            setEnding(undefined);
          }}
          onKeep={() => setEnding(undefined)}
        />
      )}
    </>
  );
}

interface EndProps {
  path: string;
  onDone: (list: Page<Hold>) => void;
  onKeep: () => void;
}

function EndDialog({ path, onDone, onKeep }: EndProps) {
  return (
    <AskReason<Page<Hold>>
      title={t("hold_end_title")}
      text={t("hold_end_text")}
      yes={t("hold_end")}
      path={path}
      onDone={onDone}
      onKeep={onKeep}
    />
  );
}
