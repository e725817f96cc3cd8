import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { t } from "./i18n/t.ts";
import { Findings, PartForm, Pick, Span, withPart } from "./parts.tsx";
import type { Editing, Plan } from "./types.ts";

const LEVELS = ["emergency", "urgent", "same_day"] as const;
const WHO = ["on_call", "backup", "next", "lead", "everybody"] as const;
type Who = (typeof WHO)[number];

/** How an alert climbs until somebody answers. */
export function Plans({ editing, may }: { editing: Editing; may: boolean }) {
  const { document, plans } = editing.draft.shown;
  const [open, setOpen] = useState("");
  return (
    <section class="panel">
      <h2>{t("plans")}</h2>
      {LEVELS.map((level) => (
        <article class="group" key={level}>
          <h3>{t(level)}</h3>
          <Findings draft={editing.draft} part="escalation" of={level} />
          {open === level ? (
            <PlanForm
              plan={document.escalation[level]}
              onDone={() => setOpen("")}
              save={(plan) => editing.change({ op: "set_escalation", tier: level, plan })}
            />
          ) : (
            <>
              <p>{plans.find((one) => one.key === level)?.words[0]}</p>
              {may && <Button onClick={() => setOpen(level)}>{t("change_it", { title: t(level) })}</Button>}
            </>
          )}
        </article>
      ))}
    </section>
  );
}

interface PlanFormProps {
  plan: Plan;
  onDone: () => void;
  save: (plan: Plan) => Promise<string>;
}

function PlanForm({ plan: before, onDone, save }: PlanFormProps) {
  const [plan, setPlan] = useState(before);
  const set = (part: Partial<Plan>): void => setPlan({ ...plan, ...part });
  const steps = plan.steps;
  return (
    <PartForm save={() => save(plan)} onDone={onDone}>
      {steps.map((step, at) => (
        <fieldset class="group" key={at}>
          <legend>{t("page_n", { n: at + 1 })}</legend>
          <Pick
            label={t("who")}
            value={step.who[0] ?? "on_call"}
            choices={WHO.map((one) => [one, t(one)])}
            onChange={(one) => {
              const who = [one as Who, ...step.who.slice(1).filter((other) => other !== one)];
              set({ steps: withPart(steps, at, { who }) });
            }}
          />
          <Span
            label={t("wait")}
            minutes={step.wait_minutes}
            onChange={(n) => set({ steps: withPart(steps, at, { wait_minutes: n }) })}
          />
        </fieldset>
      ))}
      <Span label={t("ack")} minutes={plan.ack_minutes} onChange={(n) => set({ ack_minutes: n })} />
      {plan.reached_minutes != null && (
        <Span label={t("reached")} minutes={plan.reached_minutes} onChange={(n) => set({ reached_minutes: n })} />
      )}
      {plan.repeat_minutes != null && (
        <Span label={t("again")} minutes={plan.repeat_minutes} onChange={(n) => set({ repeat_minutes: n })} />
      )}
    </PartForm>
  );
}
