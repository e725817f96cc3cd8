import type { Problem } from "../../shared/api.ts";
import { problemText, seen, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { access } from "../state/access.ts";
import { putAlert } from "../state/alerts.ts";
import { announce } from "../state/announce.ts";
import { createStore } from "../../shared/store.ts";
import { clockTime } from "../time/words.ts";
import type { Alert } from "../types.ts";

export type Verb = "acknowledge" | "follow-up" | "close" | "escalate";

/** The last thing to tell about each alert, by its id: why an act did not work. */
export const notices = createStore<ReadonlyMap<string, Told>>(new Map());

/** What is told of an alert is true of this version of it. */
export interface Told {
  text: string;
  version: number;
}

/** Acts on an alert in the state the reader saw. True when done; otherwise a notice says what happened instead. */
export async function act(alert: Alert, verb: Verb, body: object, zone: string): Promise<boolean> {
  clearNotice(alert.id);
  const result = await send<Alert>("POST", `/api/alerts/${alert.id}/${verb}`, { ...seen(alert, verb), ...body });
  if (result.ok) {
    putAlert(result.data);
    announce(`${result.data.patient_name}: ${codeWord("state", result.data.state)}`);
    return true;
  }
  const current = result.problem.body["current"] as Alert | undefined;
  if (current?.id) putAlert(current);
  if (verb === "acknowledge" && current?.state === "acknowledged" && current.acknowledged_by?.id === access.get().me?.id)
    return true;
  const { version } = current?.id ? current : alert;
  notice(alert.id, { text: current?.id ? whoWasFirst(current, zone) : whyNot(result.problem), version });
  return false;
}

function whyNot(problem: Problem): string {
  return problem.errors.some((error) => error.field === "outcome") ? t("outcome_refused") : problemText(problem);
}

export function clearNotice(id: string): void {
  const rest = new Map(notices.get());
  rest.delete(id);
  notices.set(rest);
}

function notice(id: string, told: Told): void {
  notices.set(new Map(notices.get()).set(id, told));
  announce(told.text, true);
}

function whoWasFirst(current: Alert, zone: string): string {
  if (current.state === "closed") return t("first_closed");
  if (current.state === "open" || !current.acknowledged_by) return t("first_changed");
  const time = current.acknowledged_at ? clockTime(current.acknowledged_at, zone) : "";
  return t("first_held", { name: current.acknowledged_by.name, time });
}
