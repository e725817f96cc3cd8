/** Shapes of the staff API. Instants are RFC 3339 UTC strings, in care time unless said otherwise. */
export type Tier = "emergency" | "urgent" | "same_day" | "routine";
export type AlertState = "open" | "acknowledged" | "in_follow_up" | "closed";
export type Role = "admin" | "clinician" | "nurse" | "viewer";
export type Person = { id: string; name: string };
export type Contact = { name: string; phone: string };

export type Clinic = {
  id: string;
  name: string;
  time_zone: string;
  country: string | null;
  hours: { days: number[]; from: string; to: string };
  phone: string | null;
};

export type Me = Person & {
  role: Role;
  language: string;
  clinic: Clinic;
  now: string;
  demo: boolean;
  can: string[];
  /** How many people on the call list can be paged; a warning when they are too few. */
  call_list: { reachable: number; warning: string | null };
};

export type GivenAnswer = { item: string; text: string; value_text: string; tier?: Tier | null; private?: boolean };
export type AnswerSet = { check_in_key: string | null; answered_at: string; answers: GivenAnswer[] };
export type Flag = { rule: string; tier: Tier; explanation: string; at: string };
export type AlertEvent = {
  kind: string;
  at: string;
  by?: string | null;
  text?: string | null;
  detail?: { staff?: string[]; reason?: string; outcome?: string } | null;
};

export type AlertPatient = {
  name: string;
  age: number;
  birth_year: number;
  phone: string | null;
  companion?: Contact | null;
  address?: string | null;
  language?: string | null;
};

export type AlertSession = {
  id: string;
  drug: string;
  route: string;
  dose_mg: number;
  number?: number | null;
  ended_at: string;
  risk: string[];
  staying_with?: string | null;
};

export type Alert = {
  id: string;
  reference: string;
  patient_id: string;
  patient_name: string;
  tier: Tier;
  state: AlertState;
  version: number;
  opened_at: string;
  next_action_at: string | null;
  acknowledged_by?: Person | null;
  acknowledged_at?: string | null;
  flags: Flag[];
  patient?: AlertPatient | null;
  session?: AlertSession | null;
  missed?: boolean;
  answered_at?: string | null;
  answered_by?: string | null;
  ack_by?: string | null;
  reached_due_at?: string | null;
  reached_at?: string | null;
  review_at?: string | null;
  step?: number;
  exhausted?: boolean;
  recent_answers?: AnswerSet[];
  told_patient?: string[];
  /** Prompts of the flagged check-ins. */
  messages?: { delivered: number; sent: number } | null;
  /** Care time when this was read. */
  now?: string;
  events?: AlertEvent[];
  outcome?: string | null;
  harm?: string | null;
  useful?: string | null;
  closed_at?: string | null;
};

export type Outcomes = { outcomes: string[]; harms: string[]; useful: string[] };

export type PatientRow = {
  id: string;
  name: string;
  date_of_birth: string;
  age: number;
  language: string;
  time_zone: string;
  device_bound: boolean;
  open_alert_tier: Tier | null;
  next_check_in_at: string | null;
  last_session_at: string | null;
};

export type PatientDraft = {
  name: string;
  date_of_birth: string;
  phone: string;
  email?: string | null;
  time_zone: string;
  language: string;
  quiet_hours?: { from: string; to: string } | null;
  companion?: Contact | null;
  address?: string | null;
};

export type Patient = PatientDraft & {
  id: string;
  age: number;
  consent: { given_at: string; version: string } | null;
  created_at: string;
  devices: number;
  session_count: number;
};

export type Invitation = { id: string; link: string; code: string; expires_at: string; qr_svg?: string | null };
export type Device = { id: string; label: string; bound_at: string; last_seen_at: string | null };

export type CheckInState = "planned" | "open" | "answered" | "missed" | "cancelled" | "paused";
export type CheckIn = {
  id: string;
  key: string;
  opens_at: string;
  due_at: string;
  closes_at: string;
  state: CheckInState;
  reason?: string | null;
};

export type SessionDraft = {
  drug: string;
  route: string;
  dose_mg: number;
  indication: string;
  started_at: string;
  ended_at: string;
  discharged_at?: string | null;
  risk?: string[];
  staying_with?: string | null;
  note?: string | null;
};

/** A fact to tick when recording a session. */
export type Risk = { id: string; text: Record<string, string>; flags: boolean };

export type Session = SessionDraft & {
  id: string;
  patient_id: string;
  state?: string;
  number?: number | null;
  cancelled_at?: string | null;
  warnings?: string[];
  /** What was ticked and what follows from age, dose and number. */
  risk_reasons?: string[];
  check_ins: CheckIn[];
};

export type Recorded = { id: string; check_ins: CheckIn[]; cancelled_late: number; warnings: string[] };

/** One row of the timeline; which of the optional fields are there depends on `kind`. */
export type TimelineItem = {
  kind: "session" | "check_in" | "response" | "score" | "flag" | "alert" | "message";
  id: string;
  at: string;
  [field: string]: unknown;
};

export type CallListEntry = {
  staff_id: string;
  name: string;
  role: Role;
  phone_masked: string | null;
  email_masked: string | null;
  reachable: boolean;
};
export type CallList = { items: CallListEntry[]; reachable: number; warning: string | null };
export type Staff = Person & { role: Role; email: string; disabled: boolean; on_call_list: boolean };

export type Protocol = {
  key: string;
  version: number | string;
  title: string;
  signed_by: string | Person | null;
  signed_at: string | null;
  needs_sign_off: boolean;
};

export type Page<T> = { items: T[]; next?: string | null };
