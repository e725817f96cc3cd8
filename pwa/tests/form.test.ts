/** Which questions are asked, in what order, and what is sent. */
import assert from "node:assert/strict";
import test from "node:test";
import { answer, asks, backward, forward, goTo, newDraft, rest, toSend, undo, type Draft } from "../patient/form/draft.ts";
import { readEntry } from "../patient/form/entry-value.ts";
import { holds, isSignal, progress, toggled } from "../patient/form/path.ts";
import type { Item, Questionnaire } from "../patient/types.ts";

const item = (id: string, more: Partial<Item> = {}): Item => ({ id, type: "choice", text: id, required: true, ...more });
const patientOnly = { item: "a_who", in: ["patient"] };
const form: Questionnaire = {
  id: "acute@1",
  version: 1,
  title: "",
  items: [
    item("a_who"),
    item("a_danger", { enable_when: patientOnly, signal: ["chest_pain"] }),
    item("a_place", { enable_when: patientOnly }),
    item("a_mind", { private: true, enable_when: patientOnly }),
    item("s_keep", { private: true, enable_when: { item: "a_mind", in: ["not_safe"] } }),
    item("c_wake", { enable_when: { item: "a_who", in: ["companion"] } }),
  ],
  rest: { item: "a_rest", text: "", needs: ["a_danger"] },
};

const begin = () => newDraft(form, "r1", "2026-11-22T10:00:00Z");
const give = (draft: Draft, ...pairs: [string, string][]) =>
  pairs.reduce((now, [id, value]) => forward(answer(now, id, value), form), draft);
const ids = (draft: Draft) => asks(draft, form).map(({ id }) => id);

test("conditions: all, any, not, lists and numbers", () => {
  const answers = { a: "x", n: 4, many: ["p", "q"] };
  assert.ok(holds({ all: [{ item: "a", in: ["x"] }, { item: "n", gte: 4 }] }, answers));
  assert.ok(holds({ any: [{ item: "a", in: ["y"] }, { item: "many", in: ["q"] }] }, answers));
  assert.ok(holds({ not: { item: "missing", in: ["x"] } }, answers));
  assert.ok(!holds({ item: "n", lte: 3 }, answers));
  assert.ok(holds({ item: "n", answered: true }, answers) && !holds({ item: "n", answered: false }, answers));
  assert.ok(holds({ item: "missing", answered: false }, answers));
  assert.ok(holds({ item: "at", gt: "21:00", lt: "22:30" }, { at: "22:00" }));
  assert.ok(!holds({ item: "at", gt: "22:00" }, { at: "22:00" }) && !holds({ item: "at", gt: 3 }, { at: "22:00" }));
});

test("a companion is never asked a private item, and none is sent", () => {
  const switched = give(begin(), ["a_who", "patient"], ["a_danger", "none"], ["a_place", "alone"], ["a_mind", "calm"]);
  const companion = answer(switched, "a_who", "companion");
  assert.deepEqual(ids(companion), ["a_who", "c_wake"]);
  assert.deepEqual(toSend(companion, form), { a_who: "companion" });
});

test("an answer left on a path not taken opens nothing and is not sent", () => {
  const dark = give(begin(), ["a_who", "patient"], ["a_danger", "none"], ["a_place", "alone"], ["a_mind", "not_safe"]);
  assert.equal(dark.at, "s_keep");
  const calm = answer(give(dark, ["s_keep", "no"]), "a_mind", "calm");
  assert.deepEqual(toSend(calm, form), { a_who: "patient", a_danger: "none", a_place: "alone", a_mind: "calm" });
});

test("forward to the summary, back again, and a change leads back to the summary or to what it opened", () => {
  const done = give(begin(), ["a_who", "patient"], ["a_danger", "none"], ["a_place", "alone"], ["a_mind", "calm"]);
  assert.equal(done.at, null);
  assert.equal(backward(done, form)?.at, "a_mind");
  assert.equal(forward(answer(goTo(done, "a_place"), "a_place", "with"), form).at, null);
  assert.equal(forward(answer(goTo(done, "a_mind"), "a_mind", "not_safe"), form).at, "s_keep");
  assert.equal(backward(begin(), form), undefined);
});

test("undo takes the last tap back and shows its question", () => {
  const before = give(begin(), ["a_who", "patient"], ["a_danger", "chest_pain"]);
  const after = undo(before);
  assert.equal(after.at, "a_danger");
  assert.deepEqual(after.answers, { a_who: "patient" });
});

test("resting asks who and what is needed, then ends; a companion does not rest", () => {
  const resting = rest(begin(), form);
  assert.equal(resting.at, "a_who");
  const asked = give(resting, ["a_who", "patient"]);
  assert.equal(asked.at, "a_danger");
  const done = give(asked, ["a_danger", "none"]);
  assert.equal(done.at, null);
  assert.deepEqual(toSend(done, form), { a_rest: true, a_who: "patient", a_danger: "none" });
  assert.equal(give(resting, ["a_who", "companion"]).at, "c_wake");
});

test("progress counts the questions asked, as the patient's before somebody says who answers", () => {
  assert.deepEqual(progress(form, {}, "patient", "a_who"), { step: 1, total: 4 });
  const dark = { a_who: "patient", a_mind: "not_safe" };
  assert.deepEqual(progress(form, dark, "patient", "s_keep"), { step: 5, total: 5 });
});

test("a signal is a value of the item's list, alone or among several", () => {
  const danger = item("x", { signal: ["bad"] });
  assert.ok(isSignal(danger, "bad") && isSignal(danger, ["a", "bad"]));
  assert.ok(!isSignal(danger, "none") && !isSignal(item("y"), "bad"));
});

test("an exclusive option clears the others, both ways", () => {
  const options = [{ value: "nothing", text: "", exclusive: true }, { value: "a", text: "" }, { value: "b", text: "" }];
  const many = item("x", { type: "multiple", options });
  const tap = (chosen: string[], index: number) => toggled(many, chosen, options[index] ?? { value: "", text: "" });
  assert.deepEqual(tap(["a", "b"], 0), ["nothing"]);
  assert.deepEqual(tap(["nothing"], 1), ["a"]);
  assert.deepEqual(tap(["a", "b"], 2), ["a"]);
});

test("typed answers: numbers in range, comma or point, nothing filled in", () => {
  const count = item("x", { type: "integer", min: 0, max: 10 });
  assert.equal(readEntry(count, " 7 "), 7);
  assert.equal(readEntry(count, "11"), undefined);
  assert.equal(readEntry(count, "1.5"), undefined);
  assert.equal(readEntry(item("x", { type: "decimal" }), "36,6"), 36.6);
  assert.equal(readEntry(item("x", { type: "text" }), "  "), undefined);
});
