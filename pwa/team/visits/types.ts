import type { components } from "../../shared/schema.d.ts";

type Schemas = components["schemas"];

export type Visit = Schemas["VisitShown"];
export type Step = Schemas["StepShown"];
export type VisitRow = Schemas["VisitListed"];
export type NewStep = Schemas["NewStep"];
export type NewVisit = Schemas["NewVisit"];
export type Vitals = Schemas["Vitals"];
export type Kind = Step["kind"];
