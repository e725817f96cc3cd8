import { clockTime } from "../time/words.ts";
import { vitalsWords } from "./beside.tsx";
import { v, word } from "./i18n/t.ts";
import type { Step } from "./types.ts";

const yes = (on: boolean): string => v(on ? "yes" : "no");

/** What a step holds, in one line. */
export function stepWords(step: Partial<Step>, zone: string): string {
  const { vitals, state, effect, medicine, suitability, start, discharge } = step;
  const parts = [
    vitals && vitalsWords(vitals),
    state && `${word("sedation", state.sedation)}, ${word("dissociation", state.dissociation)}`,
    effect && effectWords(effect, zone),
    medicine && `${medicine.name} ${medicine.dose} ${word("unit", medicine.unit)}, ${word("given_by", medicine.given_by)}`,
    step.pre_form && preFormWords(step.pre_form),
    suitability && yes(suitability.cleared),
    start?.dose_mg && `${start.dose_mg} mg`,
    start?.lot && `${v("lot")} ${start.lot}`,
    start?.override,
    discharge && `${v("alone_tonight")} ${yes(discharge.alone_tonight)}`,
    discharge?.staying_with,
    discharge?.serious_event && v("serious_event"),
    step.note,
  ];
  return parts.filter(Boolean).join(" · ");
}

function effectWords(effect: NonNullable<Step["effect"]>, zone: string): string {
  const name = effect.words || word("effect", effect.side_effect ?? effect.experience ?? "other");
  return [
    name,
    effect.severity && word("severity", effect.severity),
    effect.feeling && word("feeling", effect.feeling),
    effect.with_medicine && v("with_medicine"),
    effect.resolved_at && `${v("resolved_at")} ${clockTime(effect.resolved_at, zone)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

function preFormWords(form: NonNullable<Step["pre_form"]>): string {
  const { systolic, diastolic, mood } = form;
  return [
    `${v("fasting")} ${yes(form.fasting)}`,
    form.escort && `${v("escort")} ${form.escort}`,
    form.address_tonight && `${v("address_tonight")}: ${form.address_tonight}`,
    form.new_medicines && `${v("new_medicines")}: ${form.new_medicines}`,
    ...(form.taken_today ?? []).map((taken) => `${v("taken_today")}: ${word("taken", taken)}`),
    ...(form.regular_medicines ?? []).map((name) => word("medicines", name)),
    `${v("pregnancy")} ${word("pregnancy", form.pregnancy)}`,
    systolic && diastolic && v("bp", { systolic, diastolic }),
    mood !== null && mood !== undefined && `${v("mood")}: ${mood}`,
    `${v("safety")} ${word("safety", form.safety)}`,
    form.attempt_90_days && v("attempt"),
  ]
    .filter(Boolean)
    .join(" · ");
}
