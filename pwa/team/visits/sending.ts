import { isTransient, type Problem } from "../../shared/api.ts";
import { createStore } from "../../shared/store.ts";
import { send } from "../calls.ts";
import { access } from "../state/access.ts";
import type { NewStep, Visit } from "./types.ts";

/** A step that the server has not answered for. `problem`: it was refused, and waits for a person. */
export interface Waiting {
  person: string;
  visitId: string;
  id: string;
  body: NewStep;
  problem?: Problem;
}

export type Outcome = { is: "saved"; visit: Visit } | { is: "kept" } | { is: "refused"; problem: Problem };

const AGAIN_MS = 4000;

/** Kept in memory only: a shared device must not keep what was measured after its page is closed. */
export const waiting = createStore<readonly Waiting[]>([]);

/** The visit as the server told it last, for the page that shows it. */
export const arrived = createStore<Visit | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;
let flushing = false;

/** Records a step under an id of its own: sent again, it is the same step. One that waits is never overtaken. */
export async function record(visitId: string, body: NewStep): Promise<Outcome> {
  const entry: Waiting = { person: access.get().me?.id ?? "", visitId, id: crypto.randomUUID(), body };
  if (mine(visitId).length) return keep(entry);
  const result = await put(entry);
  if (result.ok) return { is: "saved", visit: result.data };
  return keepable(result.problem) ? keep(entry) : { is: "refused", problem: result.problem };
}

/** What this person still has waiting for a visit. */
export function mine(visitId: string): Waiting[] {
  return waiting.get().filter((one) => one.visitId === visitId && one.person === access.get().me?.id);
}

/** Takes one out: it was put right, or is left out. */
export function leaveOut(id: string): void {
  change(waiting.get().filter((one) => one.id !== id));
  void flush();
}

const put = (entry: Waiting) => send<Visit>("PUT", `/api/visits/${entry.visitId}/steps/${entry.id}`, entry.body);

const keepable = (problem: Problem): boolean => isTransient(problem) || problem.kind === "signed_out";

function keep(entry: Waiting): Outcome {
  change([...waiting.get(), entry]);
  later();
  return { is: "kept" };
}

function change(entries: readonly Waiting[]): void {
  waiting.set(entries);
  window[entries.length ? "addEventListener" : "removeEventListener"]("beforeunload", askFirst);
}

function askFirst(event: Event): void {
  event.preventDefault();
}

function later(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), AGAIN_MS);
}

/** Sends what waits, in its order, for whoever recorded it. A refused one stops those behind it. */
async function flush(): Promise<void> {
  if (flushing) return;
  flushing = true;
  try {
    for (;;) {
      const { status, me } = access.get();
      const next = waiting.get().find((one) => one.person === me?.id);
      if (status !== "in" || !next || next.problem) break;
      const result = await put(next);
      if (result.ok) {
        change(waiting.get().filter((one) => one.id !== next.id));
        arrived.set(result.data);
      } else if (keepable(result.problem)) break;
      else change(waiting.get().map((one) => (one.id === next.id ? { ...one, problem: result.problem } : one)));
    }
  } finally {
    flushing = false;
    if (waiting.get().some((one) => !one.problem)) later();
  }
}

window.addEventListener("online", () => void flush());
