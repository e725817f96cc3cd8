/** Turns a form into what is sent: the answers at the end, and dangerous answers on tap. */
import { drop, put, type Request, type Sending } from "../outbox.ts";
import type { Answers, Questionnaire, Value } from "../types.ts";
import { byWhom, toSend, type Draft } from "./draft.ts";

/** Where a form belongs. */
export interface Target {
  /** The key of its draft. */
  key: string;
  kind: "check_in" | "report";
  /** The check-in's address, or the reports'. */
  url: string;
  /** A link opened without a known phone: sent with its token, and the birth year is asked. */
  bearer?: string | undefined;
  fallbackBearer?: string | undefined;
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
  const common = { answers, started_at: draft.startedAt, completed_at: completedAt };
  const own = target.kind === "report" ? reportPart(extras) : checkInPart(draft, extras);
  put({
    id: draft.responseId,
    responseId: draft.responseId,
    renewOnConflict: true,
    method: target.kind === "report" ? "POST" : "PUT",
    url: target.kind === "report" ? target.url : `${target.url}/response`,
    body: (responseId) => ({ response_id: responseId, ...common, ...own, sent_at: new Date().toISOString() }),
    ...tokens(target),
  });
  return draft.responseId;
}

/** The stored answer again, the same in all but the birth year, which did not match; gives the id to watch. */
export function sendYear({ request }: Sending, birthYear: number): string {
  const id = `${request.id}/year`;
  drop(id);
  const body = (responseId: string) => ({ ...request.body(responseId), birth_year: birthYear });
  put({ ...request, id, body, renewOnConflict: false });
  return id;
}

/** Sends one dangerous answer at once; gives the id to watch. Repeats of the same answer send nothing. */
export function signal(target: Target, draft: Draft, item: string, value: Value): string {
  const at = new Date().toISOString();
  const id = `${draft.responseId}/${item}/${String(value)}`;
  const common = { id, method: "POST", keepalive: true, ...tokens(target) } as const;
  if (target.kind === "report") put({ ...common, ...earlyReport(target, { [item]: value }, at) });
  else {
    const said = { item, value, at, answered_by: byWhom(draft) };
    put({
      ...common,
      responseId: draft.responseId,
      url: `${target.url}/signals`,
      body: (responseId) => ({ response_id: responseId, ...said, sent_at: new Date().toISOString() }),
    });
  }
  return id;
}

/** A report has no check-in to signal for: the one answer goes ahead as a report of its own. */
function earlyReport(target: Target, answers: Answers, at: string): Pick<Request, "responseId" | "url" | "body"> {
  const times = { started_at: at, completed_at: at };
  return {
    responseId: crypto.randomUUID(),
    url: target.url,
    body: (responseId) => ({ response_id: responseId, answers, ...times, sent_at: new Date().toISOString() }),
  };
}

function checkInPart(draft: Draft, { birthYear }: Extras): Record<string, unknown> {
  return { answered_by: byWhom(draft), ...(birthYear === undefined ? {} : { birth_year: birthYear }) };
}

function reportPart({ text, callMe }: Extras): Record<string, unknown> {
  return { ...(text?.trim() ? { text: text.trim() } : {}), ...(callMe ? { call_me: true } : {}) };
}

function tokens({ bearer, fallbackBearer }: Target): Pick<Request, "bearer" | "fallbackBearer"> {
  return { bearer, fallbackBearer };
}
