import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Dialog } from "../../shared/ui/dialog.tsx";
import { FieldFrame } from "../../shared/ui/field.tsx";
import { t } from "../i18n/t.ts";
import { Choices } from "../parts/choices.tsx";
import { Notice, useNotice } from "../parts/notice.tsx";
import { useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import { toInstant } from "../time/zone.ts";
import type { Alert } from "../types.ts";
import { act } from "./act.ts";

const REVIEWS = [1, 4, 24, 72];

/** What was agreed, and when somebody looks again. */
export function FollowUpDialog({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  const zone = useMe().clinic.time_zone;
  const [note, setNote] = useState("");
  const [hours, setHours] = useState("24");
  const [reached, setReached] = useState(Boolean(alert.reached_at));
  const [busy, setBusy] = useState(false);
  const problem = useNotice(alert);
  const now = careNow();
  const dueIn = (h: number): number => now + h * 3_600_000;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const body = { note: note.trim() || null, reached, review_at: toInstant(dueIn(Number(hours))) };
    const done = await act(alert, "follow-up", withoutEmpty(body), zone);
    setBusy(false);
    if (done) onDone();
  };
  return (
    <Dialog title={t("follow_up_title", { name: alert.patient_name })} closeLabel={t("cancel")} onClose={onDone}>
      <form onSubmit={(event) => void save(event)}>
        <label class="check">
          <input type="checkbox" checked={reached} onChange={(event) => setReached(event.currentTarget.checked)} />
          {t("reached_check")}
        </label>
        <FieldFrame label={t("note")} hint={t("note_hint")}>
          {(control) => (
            <textarea {...control} rows={4} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
          )}
        </FieldFrame>
        <Choices
          legend={t("review_when")}
          name="review"
          value={hours}
          onChange={setHours}
          choices={REVIEWS.map((h) => ({
            value: String(h),
            label: t("review_in", {
              span: h < 24 ? t("span_h", { n: h }) : t("span_day", { count: h / 24 }),
              time: dayAndTime(dueIn(h), zone, now),
            }),
          }))}
        />
        <Notice text={problem} />
        <Button kind="primary" big type="submit" busy={busy}>
          {t("save")}
        </Button>
      </form>
    </Dialog>
  );
}

function withoutEmpty(body: { note: string | null; reached: boolean; review_at: string }): object {
  return { ...(body.note && { note: body.note }), ...(body.reached && { reached: true }), review_at: body.review_at };
}
