/** Which questions this person is asked, and in what order. Pure: a questionnaire and answers in, items out. */
import type { AnsweredBy, Answers, Condition, Item, Option, Questionnaire, Value } from "../types.ts";
import { roleOf, whoItem } from "./who.ts";

/** Whether a condition holds; an unanswered item satisfies nothing but `not` and `answered: false`. */
export function holds(condition: Condition, answers: Answers): boolean {
  if ("all" in condition) return condition.all.every((part) => holds(part, answers));
  if ("any" in condition) return condition.any.some((part) => holds(part, answers));
  if ("not" in condition) return !holds(condition.not, answers);
  const value = answers[condition.item];
  if ("answered" in condition) return condition.answered === (value !== undefined);
  if (value === undefined) return false;
  if ("in" in condition) return [value].flat().some((one) => condition.in.includes(one));
  const { gte, lte, gt, lt } = condition;
  return (
    within(value, gte, (one, bound) => one >= bound) &&
    within(value, lte, (one, bound) => one <= bound) &&
    within(value, gt, (one, bound) => one > bound) &&
    within(value, lt, (one, bound) => one < bound)
  );
}

type Ordered = number | string;

/** ISO dates and times are in order as words are. */
function within(value: Value, bound: Ordered | undefined, fits: (one: Ordered, bound: Ordered) => boolean): boolean {
  if (bound === undefined) return true;
  return (typeof value === "number" || typeof value === "string") && typeof value === typeof bound && fits(value, bound);
}

/**
 * The items to ask, in order. A condition sees only answers to items that are asked themselves, so an answer
 * left behind on a path not taken opens nothing. A companion is never asked a private item. Somebody who needs
 * to rest is asked only what is needed before resting.
 */
export function askedItems(questionnaire: Questionnaire, answers: Answers, by: AnsweredBy): Item[] {
  const seen: Record<string, Value> = {};
  const rest = questionnaire.rest;
  const resting = isResting(questionnaire, answers);
  return questionnaire.items.filter((item) => {
    if (item.id === rest?.item) return false;
    if (resting && !isNeeded(item, rest?.needs ?? []) && answers[item.id] === undefined) return false;
    if (item.private && by === "companion") return false;
    if (item.enable_when && !holds(item.enable_when, seen)) return false;
    const value = answers[item.id];
    if (value !== undefined) seen[item.id] = value;
    return true;
  });
}

/** The answers that belong to the items asked: what is sent. */
export function givenAnswers(questionnaire: Questionnaire, answers: Answers, by: AnsweredBy): Answers {
  const asked = new Set(askedItems(questionnaire, answers, by).map((item) => item.id));
  if (isResting(questionnaire, answers)) asked.add(questionnaire.rest?.item ?? "");
  return Object.fromEntries(Object.entries(answers).filter(([id]) => asked.has(id)));
}

/** Resting is the patient's: a companion answers on. */
export function isResting({ rest }: Questionnaire, answers: Answers): boolean {
  return rest ? answers[rest.item] === true && roleOf(answers) === "patient" : false;
}

function isNeeded(item: Item, needs: readonly string[]): boolean {
  return item.id === whoItem || needs.includes(item.id);
}

/**
 * "3 of 8" for an item, over the items asked now. Until somebody says who holds the phone, it counts what the
 * patient would be asked.
 */
export function progress(
  questionnaire: Questionnaire,
  answers: Answers,
  by: AnsweredBy,
  at: string,
): { step: number; total: number } {
  const asked = askedItems(questionnaire, { [whoItem]: "patient", ...answers }, by);
  return { step: asked.findIndex((item) => item.id === at) + 1, total: asked.length };
}

/** Whether choosing this value must travel at once. */
export function isSignal(item: Item, value: Value): boolean {
  return [value].flat().some((one) => item.signal?.includes(one) ?? false);
}

/** An option that clears the others: the last word of lists such as "None of these". */
export function isExclusive(option: Option): boolean {
  return option.exclusive || ["none", "nothing"].includes(option.value);
}

/** The list after a tap on one option of a multiple question. */
export function toggled(item: Item, chosen: readonly string[], option: Option): string[] {
  if (chosen.includes(option.value)) return chosen.filter((value) => value !== option.value);
  if (isExclusive(option)) return [option.value];
  const exclusive = new Set((item.options ?? []).filter(isExclusive).map((one) => one.value));
  return [...chosen.filter((value) => !exclusive.has(value)), option.value];
}
