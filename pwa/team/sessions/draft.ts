import { careNow } from "../time/careClock.ts";
import { instantOf, localIn, toInstant } from "../time/zone.ts";
import type { Session, SessionDraft } from "../types.ts";

/** The routes that are given, by drug. */
export const ROUTES: Readonly<Record<string, readonly string[]>> = {
  ketamine: ["iv", "im", "sc", "intranasal", "oral", "sublingual"],
  esketamine: ["intranasal", "iv", "sc"],
};

export const INDICATIONS = [
  "depression",
  "treatment_resistant_depression",
  "bipolar",
  "anxiety",
  "ptsd",
  "ocd",
  "chronic_pain",
  "suicidal_ideation",
  "other",
];

export const PHASES = ["induction", "maintenance", "booster"];

/** True of a person for longer than one session: offered again next time. */
const LASTING = [
  "sleep_apnoea",
  "lung_disease",
  "pregnancy",
  "bipolar",
  "psychosis",
  "blood_thinner",
  "maoi",
  "stimulant",
  "allergy",
];

/** How long a session of this route usually takes: the start is filled in from the end. */
const USUAL_MINUTES: Readonly<Record<string, number>> = { iv: 40, im: 1, sc: 1, intranasal: 10, oral: 0, sublingual: 0 };

/** Where a route is usually taken. */
export const usualSetting = (route: string): string => (["oral", "sublingual"].includes(route) ? "home" : "clinic");

const MINUTE = 60_000;

/** Times are wall-clock times of the clinic, `YYYY-MM-DDTHH:MM`; empty when not known. */
export interface SessionForm {
  drug: string;
  route: string;
  setting: string;
  dose_mg: string;
  indication: string;
  /** Empty: counted from the sessions before. */
  phase: string;
  started_at: string;
  ended_at: string;
  discharged_at: string;
  risk: string[];
  staying_with: string;
  note: string;
}

/** A new form: drug, route, dose, indication and lasting risks as last time. */
export function firstForm(last: Session | null): SessionForm {
  return {
    drug: last?.drug ?? "ketamine",
    route: last?.route ?? "iv",
    setting: last?.setting ?? "clinic",
    dose_mg: last ? String(last.dose_mg) : "",
    indication: last?.indication ?? "",
    phase: "",
    started_at: "",
    ended_at: "",
    discharged_at: "",
    risk: (last?.risk ?? []).filter((risk) => LASTING.includes(risk)),
    staying_with: "",
    note: "",
  };
}

export function formOf(session: Session, zone: string): SessionForm {
  const local = (at: string | null | undefined): string => (at ? localIn(Date.parse(at), zone) : "");
  return {
    drug: session.drug,
    route: session.route,
    setting: session.setting,
    dose_mg: String(session.dose_mg),
    indication: session.indication,
    phase: session.phase,
    started_at: local(session.started_at),
    ended_at: local(session.ended_at),
    discharged_at: local(session.discharged_at),
    risk: session.risk ?? [],
    staying_with: session.staying_with ?? "",
    note: session.note ?? "",
  };
}

export function draftOf(form: SessionForm, zone: string): SessionDraft {
  const instant = (local: string): string => {
    const at = instantOf(local, zone);
    return at === null ? "" : toInstant(at);
  };
  return {
    drug: form.drug as SessionDraft["drug"],
    route: form.route as SessionDraft["route"],
    setting: form.setting as "clinic" | "home",
    dose_mg: Number(form.dose_mg),
    indication: form.indication as SessionDraft["indication"],
    ...(form.phase && { phase: form.phase as "induction" }),
    started_at: instant(form.started_at),
    ended_at: instant(form.ended_at),
    ...(form.discharged_at && { discharged_at: instant(form.discharged_at) }),
    risk: form.risk,
    ...(form.staying_with.trim() && { staying_with: form.staying_with.trim() }),
    ...(form.note.trim() && { note: form.note.trim() }),
  };
}

/** The times of a session that ended some minutes ago. */
export function endedAgo(
  form: SessionForm,
  minutes: number,
  zone: string,
): Pick<SessionForm, "started_at" | "ended_at"> {
  const end = careNow() - minutes * MINUTE;
  const usual = end - (USUAL_MINUTES[form.route] ?? 40) * MINUTE;
  return { ended_at: localIn(end, zone), started_at: localIn(usual, zone) };
}

export function leavingNow(zone: string): Pick<SessionForm, "discharged_at"> {
  return { discharged_at: localIn(careNow(), zone) };
}
