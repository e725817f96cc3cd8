import { earlier } from "../time/zone.ts";
import type { Alert, AlertState, AnswerSet, GivenAnswer, Tier } from "../types.ts";

const SEVERITY: Record<Tier, number> = { emergency: 0, urgent: 1, same_day: 2, routine: 3 };
const HELD: Record<AlertState, number> = { open: 0, acknowledged: 1, in_follow_up: 2, closed: 3 };

export function isWorse(one: Tier, other: Tier): boolean {
  return SEVERITY[one] < SEVERITY[other];
}

export function pagesAtNight(tier: Tier): boolean {
  return tier === "emergency" || tier === "urgent";
}

/** Most severe first; of the same tier the one nobody holds, then the one that has been so severe for longest. */
export function inOrder(alerts: Iterable<Alert>): Alert[] {
  return [...alerts].sort(
    (a, b) => SEVERITY[a.tier] - SEVERITY[b.tier] || HELD[a.state] - HELD[b.state] || earlier(a.tier_since, b.tier_since),
  );
}

/** What was said or seen, in the patient's own option: the worst answers of the latest set, else the worst rule. */
export function headline(alert: Alert): string[] {
  if (alert.missed) return [];
  const latest = alert.recent_answers?.[0];
  const worst = latest?.answers.filter((answer) => answer.tier === alert.tier) ?? [];
  // A bare number says nothing even with its question: there the rule's sentence is better.
  return [...new Set(worst.filter(({ value_text }) => !/^[\d.,]+$/.test(value_text)).map(inFull))];
}

/** "Yes", "A lot" or "5-7" mean nothing alone: so short an answer stands behind its question, of which the last sentence asks. */
function inFull({ text, value_text }: GivenAnswer): string {
  if (value_text.trim().split(/\s+/).length > 2) return value_text;
  const question = text.split(/(?<=\.) /).at(-1) ?? text;
  return `${question} ${value_text}`;
}

/** The rules' sentences, worst first, each once. */
export function sentences(alert: Alert): { tier: Tier; text: string; at: string }[] {
  const seen = new Set<string>();
  return [...alert.flags]
    .sort((a, b) => SEVERITY[a.tier] - SEVERITY[b.tier] || earlier(b.at, a.at))
    .filter((flag) => !seen.has(flag.explanation) && seen.add(flag.explanation))
    .map(({ tier, explanation, at }) => ({ tier, text: explanation, at }));
}

export type Trend = { item: string; text: string; values: string[]; tier: Tier | null };

/** Each item of the latest answers with its values from oldest to newest (at most three), most severe first. */
export function trends(sets: AnswerSet[]): Trend[] {
  const byAge = [...sets].sort((a, b) => earlier(a.answered_at, b.answered_at)).slice(-3);
  const rows = new Map<string, Trend>();
  for (const set of byAge) {
    for (const answer of set.answers) {
      const row = rows.get(answer.item) ?? { item: answer.item, text: answer.text, values: [], tier: null };
      rows.set(answer.item, { ...row, values: [...row.values, answer.value_text], tier: answer.tier ?? null });
    }
  }
  return [...rows.values()].sort((a, b) => rank(a.tier) - rank(b.tier));
}

function rank(tier: Tier | null): number {
  return tier ? SEVERITY[tier] : 4;
}

export type Deadline = { kind: "acknowledge" | "reach" | "review" | "repeat"; at: number };

/** The one time that the reader of this alert has to keep. */
export function deadline(alert: Alert): Deadline | null {
  const due = (kind: Deadline["kind"], at: string | null | undefined): Deadline | null =>
    at ? { kind, at: Date.parse(at) } : null;
  if (alert.state === "open") return due("acknowledge", alert.ack_by) ?? due("repeat", alert.next_action_at);
  if (alert.state === "closed") return null;
  if (alert.state === "acknowledged" && !alert.reached_at) return due("reach", alert.reached_due_at);
  return due("review", alert.review_at);
}

/** Worth interrupting somebody: new, worse than before, or open again. */
export function isNews(before: Alert | undefined, after: Alert): boolean {
  if (after.state !== "open") return false;
  return !before || before.state !== "open" || isWorse(after.tier, before.tier);
}
