import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Dialog } from "../../shared/ui/dialog.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Choices } from "../parts/choices.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Notice } from "../parts/notice.tsx";
import { mayAct, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import { instantOf, localIn, toInstant } from "../time/zone.ts";
import type { Patient, Pause, Pauses as List } from "../types.ts";

const REASONS: Pause["reason"][] = ["admitted", "on_holiday", "withdrawn", "deceased"];
const DAY = 86_400_000;
const LONGEST = 14 * DAY;

type Asking = "start" | "renew" | "end";

/** Whether this patient is asked at all, and the way to change that. */
export function Pauses({ patient, onChange }: { patient: Patient; onChange: () => void }) {
  const path = `/api/patients/${patient.id}/pauses`;
  const pauses = useLoad<List>(path);
  const me = useMe();
  const [asking, setAsking] = useState<Asking>();
  const on = pauses.data?.items.find((pause) => !pause.over);
  const close = (): void => setAsking(undefined);
  const done = (list: List): void => {
    pauses.set(list);
    close();
    onChange();
  };
  return (
    <>
      <Notice text={pauses.problem} />
      {on && <Standing pause={on} onAsk={mayAct(me) ? setAsking : undefined} />}
      {pauses.data && !on && mayAct(me) && (
        <p>
          <Button onClick={() => setAsking("start")}>{t("pause")}</Button>
        </p>
      )}
      {asking === "start" && <Start name={patient.name} path={path} onDone={done} onClose={close} />}
      {asking === "renew" && on && <Renew path={`${path}/${on.id}/renew`} onDone={done} onClose={close} />}
      {asking === "end" && <End path={`${path}/end`} onDone={done} onClose={close} />}
    </>
  );
}

function Standing({ pause, onAsk }: { pause: Pause; onAsk: ((what: Asking) => void) | undefined }) {
  const zone = useMe().clinic.time_zone;
  const until = pause.until
    ? t("pause_until", { time: dayAndTime(pause.until, zone, careNow()) })
    : t("pause_for_good");
  return (
    <div class="notice notice-warn" data-testid="pause">
      <p>
        <strong>{t("pause_on", { reason: codeWord("reason", pause.reason) })}</strong> {until}{" "}
        {t("pause_by", { name: pause.by })}
      </p>
      {onAsk && (
        <div class="buttons">
          <Button onClick={() => onAsk("end")}>{t("pause_end")}</Button>
          {pause.until && <Button onClick={() => onAsk("renew")}>{t("pause_renew")}</Button>}
        </div>
      )}
    </div>
  );
}

interface AskProps {
  path: string;
  onDone: (list: List) => void;
  onClose: () => void;
}

/** Sends, and keeps what went wrong. */
function useSend({ path, onDone }: AskProps) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async (body?: unknown): Promise<void> => {
    setBusy(true);
    const result = await send<List>("POST", path, body);
    setBusy(false);
    if (result.ok) onDone(result.data);
    else setProblem(result.problem.kind === "invalid" ? t("pause_date_wrong") : problemText(result.problem));
  };
  return { problem, setProblem, busy, run };
}

function Start({ name, ...ask }: AskProps & { name: string }) {
  const { problem, setProblem, busy, run } = useSend(ask);
  const [reason, setReason] = useState("");
  const [until, setUntil] = useUntil();
  const forGood = reason === "withdrawn" || reason === "deceased";
  const save = (): void => {
    if (!reason) return setProblem(t("pause_reason_needed"));
    if (forGood) return void run({ reason });
    const at = within(until.at);
    if (at === null) return setProblem(t("pause_date_wrong"));
    void run({ reason, ends_at: at });
  };
  return (
    <Dialog title={t("pause_title", { name })} closeLabel={t("cancel")} onClose={ask.onClose}>
      <p>{t("pause_text")}</p>
      <Choices
        legend={t("pause_why")}
        name="pause-reason"
        value={reason}
        choices={REASONS.map((value) => ({ value, label: codeWord("reason", value) }))}
        onChange={setReason}
      />
      {reason && !forGood && <Until value={until.local} onInput={setUntil} />}
      {forGood && <p>{t(reason === "deceased" ? "pause_deceased" : "pause_no_end")}</p>}
      <Notice text={problem} />
      <Button kind="primary" big busy={busy} onClick={save}>
        {t("pause_save")}
      </Button>
    </Dialog>
  );
}

function Renew(ask: AskProps) {
  const { problem, setProblem, busy, run } = useSend(ask);
  const [until, setUntil] = useUntil();
  const save = (): void => {
    const at = within(until.at);
    if (at === null) return setProblem(t("pause_date_wrong"));
    void run({ ends_at: at });
  };
  return (
    <Dialog title={t("pause_renew_title")} closeLabel={t("cancel")} onClose={ask.onClose}>
      <Until value={until.local} onInput={setUntil} />
      <Notice text={problem} />
      <Button kind="primary" big busy={busy} onClick={save}>
        {t("pause_save")}
      </Button>
    </Dialog>
  );
}

function End(ask: AskProps) {
  const { problem, busy, run } = useSend(ask);
  return (
    <Confirm
      title={t("pause_end_title")}
      text={t("pause_end_text")}
      yes={t("pause_end")}
      busy={busy}
      onYes={() => void run()}
      onNo={ask.onClose}
    >
      <Notice text={problem} />
    </Confirm>
  );
}

interface Chosen {
  local: string;
  at: number | null;
}

/** A day and time on the clinic's clock; at first a week ahead. */
function useUntil(): [Chosen, (local: string) => void] {
  const zone = useMe().clinic.time_zone;
  const [local, setLocal] = useState(() => localIn(careNow() + 7 * DAY, zone));
  return [{ local, at: instantOf(local, zone) }, setLocal];
}

function within(at: number | null): string | null {
  const ahead = at === null ? 0 : at - careNow();
  return at !== null && ahead > 0 && ahead <= LONGEST ? toInstant(at) : null;
}

function Until({ value, onInput }: { value: string; onInput: (local: string) => void }) {
  const zone = useMe().clinic.time_zone;
  return (
    <Field
      label={t("pause_end_date")}
      hint={t("times_hint", { zone })}
      type="datetime-local"
      min={localIn(careNow(), zone)}
      max={localIn(careNow() + LONGEST, zone)}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}
