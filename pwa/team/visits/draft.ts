import { careNow } from "../time/careClock.ts";
import { instantOf, localIn } from "../time/zone.ts";
import type { Kind, NewStep, Step, Visit, Vitals } from "./types.ts";

/** Steps in the order in which they usually come; a dose at home needs fewer. */
const CLINIC: readonly Kind[] = [
  "arrival",
  "pre_form",
  "vitals_before",
  "suitability",
  "explained",
  "consent",
  "start",
  "end",
  "rest",
  "ready",
  "vitals_leaving",
  "discharge",
];
const HOME: readonly Kind[] = ["pre_form", "vitals_before", "suitability", "start"];

const BEFORE: readonly Kind[] = ["vitals_before", "note", "stopped"];
const SINCE: readonly Kind[] = ["vitals_during", "state", "effect", "medicine", "note"];

const standing = (visit: Visit): Step[] => visit.steps.filter((step) => step.stands);

const done = (visit: Visit, kind: Kind): boolean => standing(visit).some((step) => step.kind === kind);

/** The step that comes next; none when the visit is over. */
export function nextStep(visit: Visit): Kind | null {
  if (visit.closed_at) return null;
  const order = visit.setting === "home" ? HOME : CLINIC;
  const furthest = Math.max(...order.map((kind, index) => (done(visit, kind) ? index : -1)));
  const started = order.indexOf("start");
  // Nothing before the start may be left out quietly; after it, what was passed over is not asked for again.
  const open = order.filter((kind, index) => !done(visit, kind) && (index > furthest || index < started));
  return (done(visit, "start") ? open.filter((kind) => order.indexOf(kind) > started) : open)[0] ?? null;
}

/** What else can be recorded now. */
export function alsoPossible(visit: Visit): Kind[] {
  const order = visit.setting === "home" ? HOME : CLINIC;
  const next = nextStep(visit);
  if (visit.closed_at) return visit.session_id ? ["effect", "medicine", "note"] : ["note"];
  const open = order.filter((kind) => !done(visit, kind));
  return [...new Set([...(done(visit, "start") ? SINCE : BEFORE), ...open])].filter((kind) => kind !== next);
}

/** The latest step with a measurement that has `name`. */
export function measured(visit: Visit): { step: Step; vitals: Vitals }[] {
  return standing(visit)
    .flatMap((step) => (step.vitals ? [{ step, vitals: step.vitals }] : []))
    .sort((a, b) => Date.parse(b.step.at) - Date.parse(a.step.at));
}

/** The form's own shape: text, empty when not given. */
export interface StepForm {
  at: string;
  /** The exact time of a recorded step: its field shows minutes only. */
  was_at: string;
  systolic: string;
  diastolic: string;
  heart_rate: string;
  spo2: string;
  breaths: string;
  breathing: string;
  sedation: string;
  dissociation: string;
  sort: string;
  which: string;
  words: string;
  severity: string;
  feeling: string;
  resolved: boolean;
  resolved_at: string;
  with_medicine: boolean;
  name: string;
  dose: string;
  unit: string;
  given_by: string;
  fasting: string;
  safety: string;
  pregnancy: string;
  mood: string;
  escort: string;
  address_tonight: string;
  new_medicines: string;
  taken_today: string[];
  regular_medicines: string[];
  attempt: boolean;
  cleared: string;
  dose_mg: string;
  lot: string;
  override: string;
  alone: string;
  staying_with: string;
  serious: boolean;
  risk: string[];
  note: string;
}

const EMPTY: StepForm = {
  at: "",
  was_at: "",
  systolic: "",
  diastolic: "",
  heart_rate: "",
  spo2: "",
  breaths: "",
  breathing: "",
  sedation: "",
  dissociation: "",
  sort: "side",
  which: "",
  words: "",
  severity: "",
  feeling: "",
  resolved: false,
  resolved_at: "",
  with_medicine: false,
  name: "",
  dose: "",
  unit: "mg",
  given_by: "oral",
  fasting: "",
  safety: "",
  pregnancy: "",
  mood: "",
  escort: "",
  address_tonight: "",
  new_medicines: "",
  taken_today: [],
  regular_medicines: [],
  attempt: false,
  cleared: "",
  dose_mg: "",
  lot: "",
  override: "",
  alone: "",
  staying_with: "",
  serious: false,
  risk: [],
  note: "",
};

const text = (value: string | number | null | undefined): string => (value === null || value === undefined ? "" : String(value));
const yesNo = (value: boolean | undefined): string => (value === undefined ? "" : value ? "yes" : "no");

export function emptyForm(visit: Visit): StepForm {
  return { ...EMPTY, dose_mg: String(visit.dose_mg) };
}

/** A recorded step, to be corrected. */
export function formOf(step: Pick<Step, "at"> & Partial<Step>, visit: Visit, zone: string): StepForm {
  const { vitals, state, effect, medicine, pre_form: before, suitability, start, discharge } = step;
  const form = emptyForm(visit);
  const local = (at: string | null | undefined): string => (at ? localIn(Date.parse(at), zone) : "");
  const pressure = vitals ?? before;
  return {
    ...form,
    at: local(step.at),
    was_at: step.at,
    systolic: text(pressure?.systolic),
    diastolic: text(pressure?.diastolic),
    heart_rate: text(vitals?.heart_rate),
    spo2: text(vitals?.spo2),
    breaths: text(vitals?.breaths),
    breathing: text(vitals?.breathing),
    sedation: text(state?.sedation),
    dissociation: text(state?.dissociation),
    sort: effect?.experience ? "lived" : "side",
    which: text(effect?.experience ?? effect?.side_effect),
    words: text(effect?.words),
    severity: text(effect?.severity),
    feeling: text(effect?.feeling),
    resolved: Boolean(effect?.resolved_at),
    resolved_at: local(effect?.resolved_at),
    with_medicine: effect?.with_medicine ?? false,
    name: text(medicine?.name),
    dose: text(medicine?.dose),
    unit: medicine?.unit ?? form.unit,
    given_by: medicine?.given_by ?? form.given_by,
    fasting: yesNo(before?.fasting),
    safety: text(before?.safety),
    pregnancy: text(before?.pregnancy),
    mood: text(before?.mood),
    escort: text(before?.escort),
    address_tonight: text(before?.address_tonight),
    new_medicines: text(before?.new_medicines),
    taken_today: before?.taken_today ?? [],
    regular_medicines: before?.regular_medicines ?? [],
    attempt: before?.attempt_90_days ?? false,
    cleared: yesNo(suitability?.cleared),
    dose_mg: text(start?.dose_mg) || form.dose_mg,
    lot: text(start?.lot),
    override: text(start?.override),
    alone: yesNo(discharge?.alone_tonight),
    staying_with: text(discharge?.staying_with),
    serious: discharge?.serious_event ?? false,
    risk: discharge?.risk ?? [],
    note: text(step.note),
  };
}

const given = <T extends object>(part: T): T =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== "" && value !== undefined)) as T;

const number = (value: string): number | undefined => (value.trim() === "" ? undefined : Number(value));
const chosen = (value: string): boolean | undefined => (value ? value === "yes" : undefined);

function vitalsOf(form: StepForm) {
  return given({
    systolic: number(form.systolic),
    diastolic: number(form.diastolic),
    heart_rate: number(form.heart_rate),
    spo2: number(form.spo2),
    breaths: number(form.breaths),
    breathing: form.breathing,
  });
}

/** When the step happened: as recorded while its field was left alone, now while it has none. */
function timeOf(form: StepForm, zone: string): number {
  if (form.was_at && form.at === localIn(Date.parse(form.was_at), zone)) return Date.parse(form.was_at);
  return (form.at && instantOf(form.at, zone)) || careNow();
}

function effectOf(form: StepForm, zone: string, at: number) {
  const side = form.sort === "side";
  const gone = form.resolved_at ? instantOf(form.resolved_at, zone) : careNow();
  // Gone within the minute in which it began.
  const resolved = !form.resolved || gone === null ? null : form.resolved_at === localIn(at, zone) ? at : gone;
  return given({
    side_effect: side ? form.which : undefined,
    experience: side ? undefined : form.which,
    words: form.words.trim(),
    severity: side ? form.severity : undefined,
    feeling: side ? undefined : form.feeling,
    resolved_at: resolved === null ? undefined : new Date(resolved).toISOString(),
    with_medicine: side && form.with_medicine ? true : undefined,
  });
}

function preFormOf(form: StepForm) {
  return given({
    fasting: chosen(form.fasting),
    safety: form.safety,
    pregnancy: form.pregnancy,
    mood: number(form.mood),
    escort: form.escort.trim(),
    address_tonight: form.address_tonight.trim(),
    new_medicines: form.new_medicines.trim(),
    taken_today: form.taken_today,
    regular_medicines: form.regular_medicines,
    attempt_90_days: form.attempt,
    systolic: number(form.systolic),
    diastolic: number(form.diastolic),
  });
}

function detailsOf(kind: Kind, form: StepForm, zone: string, at: number): object {
  switch (kind) {
    case "vitals_before":
    case "vitals_during":
    case "vitals_leaving":
      return { vitals: vitalsOf(form) };
    case "state":
      return { state: given({ sedation: number(form.sedation), dissociation: number(form.dissociation) }) };
    case "effect":
      return { effect: effectOf(form, zone, at) };
    case "medicine":
      return {
        medicine: given({ name: form.name.trim(), dose: number(form.dose), unit: form.unit, given_by: form.given_by }),
      };
    case "pre_form":
      return { pre_form: preFormOf(form) };
    case "suitability":
      return { suitability: given({ cleared: chosen(form.cleared) }) };
    case "start":
      return { start: given({ dose_mg: number(form.dose_mg), lot: form.lot.trim(), override: form.override.trim() }) };
    case "discharge":
      return {
        discharge: given({
          alone_tonight: chosen(form.alone),
          staying_with: form.staying_with.trim(),
          serious_event: form.serious,
          risk: form.risk,
        }),
      };
    default:
      return {};
  }
}

/** The step as it is sent; without a time of its own it happened now. */
export function stepOf(kind: Kind, form: StepForm, zone: string, corrects?: string): NewStep {
  const at = timeOf(form, zone);
  const note = form.note.trim();
  return {
    kind,
    at: new Date(at).toISOString(),
    struck: false,
    ...(corrects && { corrects }),
    ...(note && { note }),
    ...detailsOf(kind, form, zone, at),
  } as NewStep;
}
