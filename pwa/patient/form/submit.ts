/** Turns a form into what is sent: the answers at the end, and dangerous answers on tap. */
import type { SealingKey } from "../../outbox/seal.ts";
import { put, type Request, type Sending } from "../outbox.ts";
import type { Questionnaire, Value } from "../types.ts";
import { byWhom, toSend, type Draft } from "./draft.ts";

/** Where a form belongs. */
export interface Target {
  /** The key of its draft. */
  key: string;
  kind: "check_in" | "report";
  /** The check-in's address, or the reports'. */
  url: string;
  sealing: SealingKey;
  /** The submit token: it outlives the phone's sign-in. */
  bearer?: string | undefined;
  /** The patient whose phone it is; none when a message's link opened it. */
  owner?: string | undefined;
  /** A link opened without a known phone: the birth year is asked. */
  needsBirthYear: boolean;
}

export interface Extras {
  birthYear?: number | undefined;
  text?: string | undefined;
  callMe?: boolean | undefined;
}

/** Sends the whole form; gives the id to watch in the outbox. */
export function submit(target: Target, questionnaire: Questionnaire, draft: Draft, extras: Extras): string {
  const answers = toSend(draft, questionnaire);
  const completedAt = new Date().toISOString();
  const own = target.kind === "report" ? reportPart(extras) : checkInPart(draft, extras);
  put({
    ...envelope(target, draft.responseId, "whole"),
    document: { answers, started_at: draft.startedAt, completed_at: completedAt, ...own },
  });
  return draft.responseId;
}

/** The stored answer again, the same in all but the birth year, which did not match; gives the id to watch. */
export function sendYear({ item, document }: Sending, target: Target, birthYear: number): string {
  const id = crypto.randomUUID();
  const again = envelope(target, item.responseId, "year");
  put({ ...again, id, document: { ...document, birth_year: birthYear } });
  return id;
}

/** Which answers of which forms went ahead, so that repeats of the same answer send nothing. */
const early = new Map<string, string>();

/** Sends one dangerous answer at once; gives the id to watch. */
export function signal(target: Target, draft: Draft, item: string, value: Value): string {
  const what = `${draft.responseId}/${item}/${String(value)}`;
  const known = early.get(what);
  if (known) return known;
  const id = crypto.randomUUID();
  const at = new Date().toISOString();
  early.set(what, id);
  // A report has no check-in to signal for: the one answer goes ahead as a report of its own.
  if (target.kind === "report") {
    const document = { answers: { [item]: value }, started_at: at, completed_at: at };
    put({ ...envelope(target, id, "early"), document });
  } else {
    const document = { item, value, at, answered_by: byWhom(draft) };
    const url = `${target.url}/sealed-signals`;
    put({ ...envelope(target, draft.responseId, "early"), id, method: "POST", url, document });
  }
  return id;
}

function envelope(target: Target, responseId: string, part: Request["part"]): Omit<Request, "document"> {
  const { key, kind, url, bearer, owner, sealing } = target;
  const whole = kind === "report" ? { method: "POST", url } as const : { method: "PUT", url: `${url}/sealed-response` } as const;
  return { id: responseId, responseId, form: key, part, ...whole, bearer, owner, sealing };
}

function checkInPart(draft: Draft, { birthYear }: Extras): Record<string, unknown> {
  return { answered_by: byWhom(draft), ...(birthYear === undefined ? {} : { birth_year: birthYear }) };
}

function reportPart({ text, callMe }: Extras): Record<string, unknown> {
  return { ...(text?.trim() ? { text: text.trim() } : {}), ...(callMe ? { call_me: true } : {}) };
}
