/** The answers so far and where the person is. Pure: every function gives a new draft. */
import type { AnsweredBy, Answers, Item, Questionnaire, Value } from "../types.ts";
import { askedItems, givenAnswers, isResting } from "./path.ts";
import { roleOf } from "./who.ts";

export type Pinned = "body" | "mind";

export interface Draft {
  /** Made when the form opens: sending twice stores once. */
  responseId: string;
  startedAt: string;
  answers: Answers;
  /** The item on screen, or null for the summary. */
  at: string | null;
  /** The summary has been reached: a change leads back to it. */
  reviewed: boolean;
  /** Keeps a help card on screen: for the body or for dark thoughts. */
  pinned: Pinned | null;
  /** The last tap, for one step of undo. */
  last?: { item: string; before: Value | undefined } | undefined;
}

export function newDraft(questionnaire: Questionnaire, responseId: string, startedAt: string): Draft {
  const at = questionnaire.items[0]?.id ?? null;
  return { responseId, startedAt, answers: {}, at, reviewed: false, pinned: null };
}

export function answer(draft: Draft, item: string, value: Value | undefined): Draft {
  const { [item]: before, ...others } = draft.answers;
  const answers = value === undefined ? others : { ...others, [item]: value };
  return { ...draft, answers, last: { item, before } };
}

export function pinHelp(draft: Draft, kind: Pinned): Draft {
  return { ...draft, pinned: draft.pinned === "mind" ? "mind" : kind };
}

/** The next question, the first one left open when coming from the summary, or the summary. */
export function forward(draft: Draft, questionnaire: Questionnaire): Draft {
  const asked = asks(draft, questionnaire);
  const needed = isResting(questionnaire, draft.answers) ? (questionnaire.rest?.needs ?? []) : [];
  const open = asked.find((item) => item.id !== draft.at && isOpen(item, draft.answers, needed));
  const next = draft.reviewed ? open : asked[indexOf(asked, draft.at) + 1];
  return { ...draft, at: next?.id ?? null, reviewed: draft.reviewed || !next };
}

/** "I need to rest": only what is needed before resting is still asked. */
export function rest(draft: Draft, questionnaire: Questionnaire): Draft {
  if (!questionnaire.rest) return draft;
  return forward({ ...answer(draft, questionnaire.rest.item, true), at: null, reviewed: true }, questionnaire);
}

/** The question before; undefined when there is none. */
export function backward(draft: Draft, questionnaire: Questionnaire): Draft | undefined {
  const asked = asks(draft, questionnaire);
  const index = draft.at === null ? asked.length : indexOf(asked, draft.at);
  const before = asked[index - 1];
  return before && { ...draft, at: before.id, last: undefined };
}

/** Takes the last tap back and shows that question again. */
export function undo(draft: Draft): Draft {
  if (!draft.last) return draft;
  const { item, before } = draft.last;
  return { ...answer(draft, item, before), at: item, last: undefined };
}

export function goTo(draft: Draft, item: string): Draft {
  return { ...draft, at: item, last: undefined };
}

export function asks(draft: Draft, questionnaire: Questionnaire): Item[] {
  return askedItems(questionnaire, draft.answers, byWhom(draft));
}

export function toSend(draft: Draft, questionnaire: Questionnaire): Answers {
  return givenAnswers(questionnaire, draft.answers, byWhom(draft));
}

export function byWhom(draft: Draft): AnsweredBy {
  return roleOf(draft.answers) === "companion" ? "companion" : "patient";
}

function indexOf(asked: readonly Item[], at: string | null): number {
  return asked.findIndex((item) => item.id === at);
}

function isOpen(item: Item, answers: Answers, needed: readonly string[]): boolean {
  const asked = item.required || needed.includes(item.id);
  return asked && item.type !== "display" && answers[item.id] === undefined;
}
