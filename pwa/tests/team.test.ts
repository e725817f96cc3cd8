/** The team app's pure parts: what an alert says, in which order, by when; wall-clock times; days of the timeline. */
import assert from "node:assert/strict";
import test from "node:test";
import { codesEn } from "../team/i18n/codes.en.ts";
import { codesEs } from "../team/i18n/codes.es.ts";
import { byDay, isComing, willBeAsked } from "../team/patients/days.ts";
import { BOX, stepTo, ticks, widest, xOf, yOf } from "../team/patients/geometry.ts";
import { deadline, headline, inOrder, isNews, sentences, trends } from "../team/queue/facts.ts";
import { hasMoved, settler } from "../team/queue/settling.ts";
import { draftOf, firstForm } from "../team/sessions/draft.ts";
import { formatDay } from "../shared/i18n/format.ts";
import { dayAndTime, longDay } from "../team/time/words.ts";
import { dayIn, instantOf, localIn, toInstant } from "../team/time/zone.ts";
import type { Alert, GivenAnswer, Session, Tier } from "../team/types.ts";

const alert = (change: Partial<Alert> = {}): Alert =>
  ({
  id: "a", reference: "K7F3A", patient_id: "p", patient_name: "Ana", tier: "urgent", state: "open", version: 1,
  opened_at: "2026-03-01T10:00:00Z", tier_since: "2026-03-01T10:00:00Z", next_action_at: "2026-03-01T10:30:00Z", flags: [], recent_answers: [], missed: false, ...change,
}) as Alert;

const answer = (item: string, value_text: string, tier: Tier | null = null): GivenAnswer => ({ item, text: item, value_text, tier, private: false });

test("most severe first, then the one nobody holds, then the oldest", () => {
  const list = [
    alert({ id: "held", state: "acknowledged", tier_since: "2026-03-01T08:00:00Z" }),
    alert({ id: "risen", opened_at: "2026-03-01T06:00:00Z", tier_since: "2026-03-01T10:30:00Z" }),
    alert({ id: "new" }),
    alert({ id: "old", tier_since: "2026-03-01T09:00:00Z" }),
    alert({ id: "today", tier: "same_day", tier_since: "2026-03-01T07:00:00Z" }),
    alert({ id: "worst", tier: "emergency", state: "in_follow_up" }),
  ];
  assert.deepEqual(inOrder(list).map((one) => one.id), ["worst", "old", "new", "risen", "held", "today"]);
});

test("the headline is what was said at the alert's own tier, a short answer with its question, never a bare number", () => {
  const said = [answer("a_sick", "3 times", "urgent"), answer("a_awake", "Tired"), answer("a_danger", "Chest pain or a tight chest", "emergency"),
    { ...answer("d_feel", "A lot", "emergency"), text: "This one is just for you. How worried or on edge are you?" }];
  const recent_answers = [{ check_in_key: "h1", answered_at: "2026-03-01T10:00:00Z", answered_by: "patient", answers: said }];
  assert.deepEqual(headline(alert({ tier: "emergency", recent_answers })), ["Chest pain or a tight chest", "How worried or on edge are you? A lot"]);
  const mood = [{ check_in_key: "h24", answered_at: "2026-03-01T10:00:00Z", answered_by: "patient", answers: [answer("d_mood", "2", "same_day")] }];
  assert.deepEqual(headline(alert({ tier: "same_day", recent_answers: mood })), []);
  const low = [{ ...mood[0]!, answers: [{ ...answer("w_low", "5-7", "same_day"), text: "On how many days did you feel low?" }] }];
  assert.deepEqual(headline(alert({ tier: "same_day", recent_answers: low })), ["On how many days did you feel low? 5-7"]);
});

test("a day of another year is told with its year", () => {
  const now = Date.parse("2026-01-03T10:00:00Z");
  assert.equal(dayAndTime("2025-12-30T10:00:00Z", "UTC", now), "Tue, 30 Dec 2025, 10:00");
  assert.equal(dayAndTime("2026-01-01T10:00:00Z", "UTC", now), "Thu 1 Jan, 10:00");
  assert.equal(longDay("2025-12-30T10:00:00Z", "UTC", now), "Tuesday, 30 December 2025");
  assert.equal(formatDay("2025-12-30T10:00:00Z", now, "UTC"), "Tuesday, December 30, 2025");
  assert.equal(formatDay("2026-01-01T10:00:00Z", now, "UTC"), "Thursday, January 1");
});

test("the rules' sentences come worst first, each once", () => {
  const flag = (tier: Tier, explanation: string) => ({ rule: "r", tier, explanation, at: "2026-03-01T10:00:00Z" });
  const flags = [flag("same_day", "Mood fell."), flag("emergency", "Fainted."), flag("same_day", "Mood fell.")];
  assert.deepEqual(sentences(alert({ flags })).map((one) => one.text), ["Fainted.", "Mood fell."]);
});

test("answers are read from the oldest to the newest, the worst item first", () => {
  const set = (answered_at: string, ...answers: GivenAnswer[]) => ({ check_in_key: null, answered_at, answered_by: "patient", answers });
  const rows = trends([
    set("2026-03-03T10:00:00Z", answer("sleep", "Badly"), answer("mood", "1", "same_day")),
    set("2026-03-01T10:00:00Z", answer("mood", "6")),
    set("2026-03-02T10:00:00Z", answer("mood", "4")),
  ]);
  assert.deepEqual(rows.map((row) => [row.item, row.values]), [["mood", ["6", "4", "1"]], ["sleep", ["Badly"]]]);
});

test("the deadline is the one that the reader has to keep", () => {
  const times = { ack_by: "2026-03-01T10:30:00Z", reached_due_at: "2026-03-01T10:40:00Z", review_at: "2026-03-02T10:00:00Z" };
  assert.equal(deadline(alert(times))?.kind, "acknowledge");
  assert.equal(deadline(alert({ ...times, state: "acknowledged" }))?.kind, "reach");
  assert.equal(deadline(alert({ ...times, state: "in_follow_up", reached_at: "2026-03-01T10:35:00Z" }))?.kind, "review");
  assert.equal(deadline(alert({ ...times, state: "closed" })), null);
  assert.equal(deadline(alert({ ack_by: null }))?.kind, "repeat");
});

test("news is a new, a worse or a reopened alert, and only while nobody holds it", () => {
  assert.ok(isNews(undefined, alert()));
  assert.ok(isNews(alert({ state: "acknowledged" }), alert()));
  assert.ok(isNews(alert(), alert({ tier: "emergency" })));
  assert.ok(!isNews(alert(), alert({ version: 2 })));
  assert.ok(!isNews(undefined, alert({ state: "acknowledged" })));
});

test("the list has moved when an alert that stays stands elsewhere", () => {
  assert.ok(!hasMoved(["a", "b"], ["a", "b", "c"]));
  assert.ok(!hasMoved(["a", "b"], ["a"]));
  assert.ok(hasMoved(["a", "b"], ["new", "a", "b"]));
  assert.ok(hasMoved(["a", "b"], ["b"]));
});

test("wall-clock times survive the way to an instant and back, in any zone", () => {
  for (const zone of ["Europe/Madrid", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]) {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 7 * 3_600_000 + 1_200_000) {
      const local = localIn(at, zone);
      const back = instantOf(local, zone);
      assert.equal(localIn(back ?? 0, zone), local);
    }
  }
});

test("a time that the clock skips moves on, one that comes twice is the first", () => {
  assert.equal(toInstant(instantOf("2026-03-29T02:30", "Europe/Madrid") ?? 0), "2026-03-29T01:30:00Z");
  assert.equal(toInstant(instantOf("2026-10-25T02:30", "Europe/Madrid") ?? 0), "2026-10-25T00:30:00Z");
  assert.equal(instantOf("", "Europe/Madrid"), null);
});

test("days are the clinic's, newest first", () => {
  const item = (id: string, at: string) => ({ kind: "message" as const, id, at });
  const days = byDay([item("a", "2026-03-01T22:30:00Z"), item("b", "2026-03-01T23:30:00Z")], "Europe/Madrid");
  assert.deepEqual(days.map((day) => [day.date, day.items[0]?.id]), [["2026-03-02", "b"], ["2026-03-01", "a"]]);
  assert.equal(dayIn(Date.parse("2026-03-01T23:30:00Z"), "Europe/Madrid"), "2026-03-02");
});

test("a cancelled check-in keeps its place ahead but will not be asked", () => {
  const checkIn = { kind: "check_in" as const, id: "c", at: "2026-03-02T10:00:00Z" };
  const now = Date.parse("2026-03-01T10:00:00Z");
  assert.ok(isComing({ ...checkIn, state: "cancelled" }, now));
  assert.ok(!willBeAsked({ ...checkIn, state: "cancelled" }));
  assert.ok(isComing({ ...checkIn, at: "2026-03-01T09:50:00Z", state: "open", upcoming: true }, now));
  assert.ok(!isComing({ ...checkIn, at: "2026-02-28T10:00:00Z", state: "missed" }, now));
});

test("a new session starts from the last one, without what was true of that day only", () => {
  const last = {
    id: "s", patient_id: "p", drug: "ketamine", route: "im", dose_mg: 50, indication: "ptsd", started_at: "", ended_at: "",
    risk: ["alone_tonight", "sleep_apnoea"], staying_with: "Luis", check_ins: [],
  } as unknown as Session;
  const form = firstForm(last);
  assert.deepEqual([form.route, form.dose_mg, form.risk, form.staying_with], ["im", "50", ["sleep_apnoea"], ""]);
  const draft = draftOf({ ...form, started_at: "2026-03-01T10:00", ended_at: "2026-03-01T10:40" }, "Europe/Madrid");
  assert.equal(draft.ended_at, "2026-03-01T09:40:00Z");
  assert.ok(!("discharged_at" in draft));
  assert.ok(!("phase" in draft));
  assert.equal(draftOf({ ...form, phase: "booster" }, "Europe/Madrid").phase, "booster");
});

test("every code has its word in both languages", () => {
  const spanish = Object.keys(codesEs).filter((code) => !code.startsWith("wrong."));
  assert.deepEqual(spanish.sort(), Object.keys(codesEn).sort());
});

test("a list that moved takes taps again soon, whatever else happens to it meanwhile", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const told: boolean[] = [];
  const list = settler((moving) => told.push(moving));
  list.see(["a"]);
  list.see(["new", "a"]);
  t.mock.timers.tick(300);
  list.see(["new", "a", "last"]);
  assert.deepEqual(told, [true]);
  t.mock.timers.tick(300);
  assert.deepEqual(told, [true, false]);
});

test("a curve's hours are stretched, its levels stay in the frame, arrow keys stop at the ends", () => {
  const most = widest([1, 6]);
  assert.equal(most, 72);
  assert.equal(xOf(0, most), BOX.left);
  assert.equal(xOf(72, most), BOX.width - BOX.right);
  assert.ok(xOf(24, most) - xOf(0, most) > (BOX.width - BOX.left - BOX.right) / 2);
  assert.equal(yOf(0, 3), BOX.height - BOX.bottom);
  assert.equal(yOf(3, 3), BOX.top);
  assert.equal(yOf(9, 3), BOX.top);
  assert.deepEqual(ticks(widest([200])).map(({ hours }) => hours), [1, 6, 24, 72, 168]);
  assert.deepEqual(
    ["ArrowLeft", "ArrowRight", "End", "Home", "Tab"].map((key) => stepTo(key, 1, 2)),
    [0, 1, 1, 0, 1],
  );
});
