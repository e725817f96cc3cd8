import { codeWord } from "../i18n/t.ts";

export const ROUTES = ["iv", "im", "sc", "intranasal", "oral", "sublingual"] as const;
export const SETTINGS = ["clinic", "home"] as const;
export const DRUGS = ["ketamine", "esketamine"] as const;
export const PHASES = ["induction", "maintenance", "booster"] as const;
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
] as const;

export const coded = (group: string, codes: readonly string[]): [string, string][] =>
  codes.map((one) => [one, codeWord(group, one)]);
