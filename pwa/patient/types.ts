/** The shapes the patient's API gives and takes; by hand where the description says only "object". */
import type { SealingKey } from "../outbox/seal.ts";
import type { components } from "../shared/schema.d.ts";

type Schemas = components["schemas"];

export type Value = string | number | boolean | string[];
export type Answers = Readonly<Record<string, Value>>;

export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { item: string; in: (string | number | boolean)[] }
  | { item: string; answered: boolean }
  | ({ item: string } & { [bound in "gte" | "lte" | "gt" | "lt"]?: number | string });

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

export type Help = Schemas["Help"];
export type Line = Schemas["CrisisLine"];
export type My = Schemas["MyPage"];
export type CheckInRow = Schemas["MyCheckIn"];
export type Restriction = Schemas["MyRestriction"];
export type Resting = Schemas["MyRest"];
export type Status = Schemas["Status"];

/** One check-in to answer. What stands before private questions is `private_notice`. */
export type CheckIn = Omit<Schemas["CheckInToAnswer"], "questionnaire" | "help" | "private_notice"> & {
  questionnaire: Questionnaire;
  help: Help;
  private_notice?: Advice | null;
};

export type LinkedCheckIn = CheckIn & { needs_birth_year: boolean; language: string };

export interface ReportForm {
  questionnaire: Questionnaire;
  help: Help;
  sealing: SealingKey;
  patient_id: string;
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
  /** Sent by a link with a birth year: false when it does not match. The answer is stored all the same. */
  birth_year_fits?: boolean | null;
  /** No year is looked at any more for a while. */
  too_many_tries?: boolean;
}

export type AnsweredBy = "patient" | "companion";
