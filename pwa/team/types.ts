/** The staff API's shapes under the team app's words. Instants are RFC 3339 UTC strings in care time. */
import type { components } from "../shared/schema.d.ts";

type Schemas = components["schemas"];

export type Alert = Schemas["AlertShown"];
export type PageShown = Schemas["PageShown"];
export type AlertState = Alert["state"];
export type Tier = Alert["tier"];
export type AlertSession = Schemas["SessionBrief"];
export type AnswerSet = Schemas["EarlierAnswers"];
export type GivenAnswer = Schemas["AnswerShown"];
export type Flag = Schemas["FlagShown"];
export type Outcomes = Schemas["Choices"];
/** What an event of an alert may add; which of it depends on its kind. */
export type AlertEvent = Omit<Schemas["EventShown"], "detail"> & {
  detail: { staff?: string[]; reason?: string; outcome?: string; via?: string };
};

export type Me = Schemas["Me"];
export type Role = Me["role"];
export type Indicators = Schemas["Indicators"];
export type Indicator = Schemas["Indicator"];
export type IndicatorPart = Schemas["Part"];
export type Harm = Schemas["MissedHarm"];
export type Staff = Schemas["StaffRow"];
export type CallList = Schemas["CallList"];
export type CallListEntry = Schemas["CallListEntry"];
export type OnCall = Schemas["OnCallNow"];
export type Proof = Schemas["Proof"];
export type Rota = Schemas["RotaShown"];
export type RotaLayer = Schemas["ShownLayer"];
export type RotaChange = Schemas["ShownChange"];
export type RotaPeriod = Schemas["ShownPeriod"];
export type DutyHours = Schemas["access_model_Hours"];
export type RotaFindings = Schemas["FindingList"];
export type PageTests = Schemas["Pageables"];
export type Pageable = Schemas["Pageable"];
export type PageWay = Schemas["Way"];
export type TeamChannels = Schemas["TeamChannels"];
export type TeamChannel = Schemas["TeamChannel"];
export type Sending = Schemas["Sending"];
export type WaitingMessages = Schemas["Waiting"];
export type Protocol = Schemas["ProtocolListed"];

export type Patient = Schemas["Patient"];
export type PatientRow = Schemas["PatientListed"];
export type PatientDraft = Omit<Schemas["NewPatient"], "consent">;
export type Device = Schemas["Device"];
export type Pause = Schemas["PauseShown"];
export type Pauses = Schemas["Pauses"];
export type HomeDose = Schemas["HomeDose"];
export type Hold = Schemas["Hold"];
/** Made by hand: the answer is JSON or a picture, which the description does not tell apart. */
export type Invitation = { id: string; link: string; code: string; expires_at: string; qr_svg: string };

export type Session = Schemas["SessionShown"];
export type SessionDraft = Schemas["NewSession"];
export type SessionChange = Schemas["SessionChange"];
export type Recorded = Schemas["SessionRecorded"];
export type Imported = Schemas["Imported"];
export type CheckIn = Schemas["CheckInBrief"];
/** A fact to tick when recording a session. */
export type Risk = Schemas["sessions_routes_Risk"];

export type QuestionnaireLine = Schemas["QuestionnaireListed"];
export type QuestionnaireShown = Schemas["QuestionnaireShown"];
export type QuestionnaireTaken = Schemas["QuestionnaireTaken"];
export type Instrument = Schemas["InstrumentListed"];

export type Curves = Schemas["Curves"];
export type Curve = Schemas["Curve"];
export type CurvePoint = Schemas["Point"];
export type CurveSession = Schemas["CurveSession"];

/** One row of the timeline; which of the other fields are there depends on `kind`. */
export type TimelineItem = {
  kind: "session" | "pause" | "step" | "check_in" | "response" | "score" | "flag" | "alert" | "message";
  id: string;
  at: string;
  [field: string]: unknown;
};

export type Page<T> = { items: T[]; next?: string | null };
