/** The shapes the patient's API gives and takes (design: public contract). */

export type Value = string | number | boolean | string[];
export type Answers = Readonly<Record<string, Value>>;

export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { item: string; in: (string | number | boolean)[] }
  | { item: string; gte?: number; lte?: number };

export type Act = "emergency" | "crisis" | "stop_driving" | "help";

export interface Option {
  value: string;
  text: string;
  act?: Act | null;
  /** Choosing it clears the others and the other way round. */
  exclusive?: boolean;
  /** A sentence shown once this is chosen. */
  say?: string | null;
}

export type ItemType =
  | "choice"
  | "multiple"
  | "scale"
  | "boolean"
  | "integer"
  | "decimal"
  | "date"
  | "time"
  | "text"
  | "display";

export interface Item {
  id: string;
  type: ItemType;
  text: string;
  required: boolean;
  options?: Option[] | null;
  min?: number | null;
  max?: number | null;
  step?: number | null;
  unit?: string | null;
  help?: string | null;
  enable_when?: Condition | null;
  private?: boolean;
  /** Values that are sent the moment they are chosen. */
  signal?: (string | number | boolean)[] | null;
}

/** "I need to rest": answering `item` with true ends the form once `needs` are answered. */
export interface Rest {
  item: string;
  text: string;
  needs: string[];
}

export interface Questionnaire {
  id: string;
  version: number;
  title: string;
  items: Item[];
  rest?: Rest | null;
}

export interface Line {
  label: string;
  number: string;
  note?: string | null;
}

export interface Help {
  country: string | null;
  emergency: { number: string | null; label: string };
  crisis: Line[];
  clinic_phone: string | null;
}

export interface Patient {
  first_name: string;
  language: string;
  time_zone: string;
}

export interface Enrolled {
  patient: Patient;
  clinic: { name: string; phone: string | null };
  help: Help;
}

export interface My {
  patient: Patient;
  clinic: { name: string; phone: string | null; hours_text?: string | null };
  help: Help;
  restrictions?: { text: string; until: string | null }[];
  now: string;
}

export interface CheckInRow {
  id: string;
  key: string;
  title: string;
  state: "planned" | "open" | "missed" | "answered";
  opens_at: string;
  due_at: string;
  closes_at: string;
}

export interface CheckIn {
  id: string;
  key: string;
  state: string;
  now: string;
  questionnaire: Questionnaire;
  submit_token: string;
  help: Help;
  /** What stands before private questions. */
  private_notice?: Advice | null;
}

export interface LinkedCheckIn {
  check_in: CheckIn;
  needs_birth_year: boolean;
  language: string;
}

export interface ReportForm {
  questionnaire: Questionnaire;
  help: Help;
}

export type Level = "info" | "contact" | "urgent" | "emergency";

export interface Advice {
  text: string;
  level: Level;
  call?: string | null;
}

export interface Stored {
  response_id: string;
  advice: Advice[];
  alert?: { state: "paged" | "seen" | "none"; seen_at?: string | null } | null;
}

export interface Status {
  state: "received" | "paged" | "seen";
  text: string;
}

export type AnsweredBy = "patient" | "companion";
