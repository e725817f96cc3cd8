import type { components } from "../../shared/schema.d.ts";

type Schemas = components["schemas"];

export type Draft = Schemas["DraftShown"];
export type DraftListed = Schemas["DraftListed"];
export type Shown = Schemas["DocumentShown"];
export type Document = Schemas["ProtocolVersion"];
export type Step = Schemas["CheckInStep"];
export type Form = Schemas["Questionnaire"];
export type Item = Schemas["Item"];
export type Rule = Schemas["Rule"];
export type Plan = Schemas["EscalationPlan"];
export type Restriction = Schemas["Restriction"];
export type Usual = Schemas["Usual"];
export type Own = Schemas["WorseThanOwn"];
export type Tier = NonNullable<Rule["tier"]>;
export type Finding = Schemas["Finding"];
export type Change = Schemas["Change"];
export type Version = Schemas["VersionListed"];
export type Preview = Schemas["Preview"];
export type MadeUp = Schemas["MadeUp"];
export type Operation = Schemas["Edit"]["operations"][number];
export type Words = Record<string, string>;

/** What the panels of the editor share: the draft, and the one way to change it. Resolves to what went wrong, or "". */
export interface Editing {
  draft: Draft;
  change: (...operations: Operation[]) => Promise<string>;
}
