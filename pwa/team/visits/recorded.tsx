import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { mayAct, useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { clockTime, dayAndTime } from "../time/words.ts";
import { earlier } from "../time/zone.ts";
import { v, word } from "./i18n/t.ts";
import { record, type Outcome } from "./sending.ts";
import { stepWords } from "./stepWords.ts";
import type { Kind, NewStep, Step, Visit } from "./types.ts";

interface RecordedProps {
  visit: Visit;
  onCorrect: (step: Step) => void;
  onDone: (outcome: Outcome, kind: Kind) => void;
}

/** Everything recorded, newest first; what was corrected stays readable. */
export function Recorded({ visit, onCorrect, onDone }: RecordedProps) {
  const [all, setAll] = useState(false);
  const [striking, setStriking] = useState<Step>();
  const steps = visit.steps.filter((step) => step.stands || all).sort((a, b) => earlier(b.at, a.at));
  const strike = async (step: Step): Promise<void> => {
    setStriking(undefined);
    const body = { kind: step.kind, at: step.at, corrects: step.id, struck: true };
    onDone(await record(visit.id, body), step.kind);
  };
  const confirm = async ({ id, kind, at, pre_form }: Step): Promise<void> => {
    const body = { kind, at, corrects: id, struck: false, pre_form } as NewStep;
    onDone(await record(visit.id, body), kind);
  };
  return (
    <section class="panel">
      <div class="page-head">
        <h2>{v("record_title")}</h2>
        {visit.steps.some((step) => !step.stands) && (
          <label class="check">
            <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
            {v("earlier")}
          </label>
        )}
      </div>
      {steps.length === 0 && <p class="soft">{v("record_empty")}</p>}
      <ol class="plain visit-steps">
        {steps.map((step) => (
          <Line
            step={step}
            key={step.id}
            onConfirm={() => void confirm(step)}
            onCorrect={() => onCorrect(step)}
            onStrike={() => setStriking(step)}
          />
        ))}
      </ol>
      {striking && (
        <Confirm
          title={v("strike_title")}
          text={v("strike_text")}
          yes={v("strike")}
          onYes={() => void strike(striking)}
          onNo={() => setStriking(undefined)}
        />
      )}
    </section>
  );
}

interface LineProps {
  step: Step;
  onConfirm: () => void;
  onCorrect: () => void;
  onStrike: () => void;
}

function Line({ step, onConfirm, onCorrect, onStrike }: LineProps) {
  const me = useMe();
  const zone = me.clinic.time_zone;
  const late = Date.parse(step.recorded_at) - Date.parse(step.at) > 5 * 60_000;
  return (
    <li class={step.stands ? "visit-step" : "visit-step visit-step-gone"}>
      <div>
        <time dateTime={step.at}>{clockTime(step.at, zone)}</time> <strong>{word("kind", step.kind)}</strong>{" "}
        {stepWords(step, zone)}{" "}
        <span class="soft">
          {step.by_patient ? v("by_patient") : v("by", { name: step.recorded_by })}
          {late && `, ${v("written", { time: dayAndTime(step.recorded_at, zone, careNow()) })}`}
        </span>
        {!step.stands && <span class="tag">{v(step.struck ? "struck" : "replaced")}</span>}
      </div>
      {step.stands && mayAct(me) && (
        <div class="buttons">
          {step.by_patient && <Button onClick={onConfirm}>{v("confirm")}</Button>}
          <Button kind="quiet" aria-label={`${v("correct")}: ${word("kind", step.kind)}`} onClick={onCorrect}>
            {v("correct")}
          </Button>
          <Button kind="quiet" aria-label={`${v("strike")}: ${word("kind", step.kind)}`} onClick={onStrike}>
            {v("strike")}
          </Button>
        </div>
      )}
    </li>
  );
}
