import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Dialog } from "../../shared/ui/dialog.tsx";
import { FieldFrame } from "../../shared/ui/field.tsx";
import { codeWord, t } from "../i18n/t.ts";
import { Notice, useNotice } from "../parts/notice.tsx";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import type { Alert, Outcomes } from "../types.ts";
import { act } from "./act.ts";
import { pagesAtNight } from "./facts.ts";

type Step = "outcome" | "harm" | "useful";
const STEPS: Step[] = ["outcome", "harm", "useful"];
/** What only somebody who spoke with the patient can say. */
const AFTER_CONTACT = [
  "reassured_expected", "self_care_advice", "treatment_changed", "safety_plan_reviewed", "known_level_reviewed",
  "answered_by_mistake", "declined_contact",
];

/** Three taps: outcome, harm, useful. The last one closes the alert. */
export function CloseDialog({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  const zone = useMe().clinic.time_zone;
  const codes = useLoad<Outcomes>("/api/alerts/outcomes");
  const [picked, setPicked] = useState<Partial<Record<Step, string>>>({});
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const problem = useNotice(alert);
  const step = STEPS.find((one) => !picked[one]) ?? "useful";
  const pick = async (value: string): Promise<void> => {
    const all = { ...picked, [step]: value };
    if (step !== "useful") return setPicked(all);
    setBusy(true);
    const done = await act(alert, "close", note.trim() ? { ...all, note: note.trim() } : all, zone);
    setBusy(false);
    if (done) onDone();
  };
  const unreached = pagesAtNight(alert.tier) && !alert.reached_at;
  const outcomes = codes.data?.outcomes.filter((one) => !unreached || !AFTER_CONTACT.includes(one)) ?? [];
  const lists = codes.data && { outcome: outcomes, harm: codes.data.harms, useful: codes.data.useful };
  return (
    <Dialog title={t("close_title", { name: alert.patient_name })} closeLabel={t("cancel")} onClose={onDone} full>
      {unreached && <Unreached alert={alert} />}
      <Notice text={problem || codes.problem} />
      <Picked picked={picked} onBack={(back) => setPicked(until(picked, back))} />
      {lists && <StepButtons step={step} codes={lists[step]} busy={busy} onPick={(value) => void pick(value)} />}
      {step === "useful" && (
        <FieldFrame label={t("close_note")}>
          {(control) => (
            <textarea {...control} rows={2} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
          )}
        </FieldFrame>
      )}
    </Dialog>
  );
}

/** The tap that an emergency or urgent alert needs before it can close. */
function Unreached({ alert }: { alert: Alert }) {
  const zone = useMe().clinic.time_zone;
  const [busy, setBusy] = useState(false);
  const mark = async (): Promise<void> => {
    setBusy(true);
    await act(alert, "follow-up", { reached: true }, zone);
    setBusy(false);
  };
  return (
    <div class="notice notice-warn">
      <p>{t("close_unreached")}</p>
      <Button busy={busy} onClick={() => void mark()}>
        {t("mark_reached")}
      </Button>
    </div>
  );
}

function until(picked: Partial<Record<Step, string>>, back: Step): Partial<Record<Step, string>> {
  const keep = STEPS.slice(0, STEPS.indexOf(back));
  return Object.fromEntries(keep.map((one) => [one, picked[one] as string]));
}

interface PickedProps {
  picked: Partial<Record<Step, string>>;
  onBack: (step: Step) => void;
}

function Picked({ picked, onBack }: PickedProps) {
  const done = STEPS.filter((step) => picked[step]);
  if (!done.length) return null;
  return (
    <ul class="picked">
      {done.map((step) => (
        <li key={step}>
          <span>
            {t(`close_${step}`)} <strong>{codeWord(step, picked[step] ?? "")}</strong>
          </span>
          <Button kind="quiet" onClick={() => onBack(step)}>
            {t("change")}
          </Button>
        </li>
      ))}
    </ul>
  );
}

interface StepProps {
  step: Step;
  codes: string[];
  busy: boolean;
  onPick: (value: string) => void;
}

function StepButtons({ step, codes, busy, onPick }: StepProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // With its buttons, not after them: a key meant for one of them would meet the heading.
  useLayoutEffect(() => heading.current?.focus(), [step]);
  return (
    <section class="step">
      <h3 ref={heading} tabIndex={-1}>
        {t("close_step", { n: STEPS.indexOf(step) + 1, question: t(`close_${step}_ask`) })}
      </h3>
      <div class={`step-codes step-${step}`}>
        {codes.map((code) => (
          <Button key={code} disabled={busy} onClick={() => onPick(code)}>
            {codeWord(step, code)}
          </Button>
        ))}
      </div>
    </section>
  );
}
