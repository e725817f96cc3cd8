/** A rota in the team's hands: saved as it was read, it stays as it was; hand-over moved, the first on the list is on. */
import assert from "node:assert/strict";
import test from "node:test";
import { bodyOf, draftOf, newLayer, type LayerDraft } from "../team/rota/draft.ts";
import type { Rota, RotaLayer } from "../team/types.ts";

const ZONE = "America/New_York";
const DAY_MS = 86_400_000;
const layer: RotaLayer = { staff_ids: ["nora", "omar", "lena"], first_day: "2026-03-02", hand_over: "08:00", weeks: 1, hours: [] };

const rota = (now: string, ...layers: RotaLayer[]): Rota =>
  ({ version: 1, time_zone: ZONE, now, coverage: [], layers, changes: [], people: [], periods: [] });

/** Who has a day, by counting weeks from the first. */
const holder = (one: RotaLayer, day: string): string | undefined => {
  const nth = Math.floor((Date.parse(day) - Date.parse(one.first_day)) / (7 * one.weeks * DAY_MS));
  const size = one.staff_ids.length;
  return one.staff_ids[((nth % size) + size) % size];
};

const only = <T>(items: T[]): T => {
  const [first] = items;
  assert.ok(first);
  return first;
};

test("what is read and saved again leaves everybody their turns", () => {
  for (const now of ["2026-03-09T11:59:00Z", "2026-03-09T12:01:00Z", "2026-03-20T02:00:00Z", "2026-02-05T12:00:00Z", "2026-11-02T12:30:00Z"])
    for (const weeks of [1, 2, 3]) {
      const before = { ...layer, weeks };
      const read = rota(now, before);
      const saved = bodyOf(only(draftOf(read)), read);
      for (let days = 0; days < 100; days += 1) {
        const day = new Date(Date.parse("2026-03-10") + days * DAY_MS).toISOString().slice(0, 10);
        assert.equal(holder(saved, day), holder(before, day), `${now} ${weeks} ${day}`);
      }
    }
});

test("the list begins with who is on duty", () => {
  assert.deepEqual(only(draftOf(rota("2026-03-09T11:59:00Z", layer))).staff_ids, ["nora", "omar", "lena"]);
  assert.deepEqual(only(draftOf(rota("2026-03-09T12:00:00Z", layer))).staff_ids, ["omar", "lena", "nora"]);
  assert.deepEqual(only(draftOf(rota("2026-02-27T12:00:00Z", layer))).staff_ids, ["lena", "nora", "omar"]);
});

test("a new layer begins with the last hand-over, also on the day itself and late in the evening", () => {
  const fresh = (now: string, change: Partial<LayerDraft>): string => {
    const seen = rota(now, layer);
    return bodyOf({ ...newLayer(seen), staff_ids: ["omar"], ...change }, seen).first_day;
  };
  assert.equal(fresh("2026-03-11T15:00:00Z", { weekday: 1 }), "2026-03-09");
  assert.equal(fresh("2026-03-11T15:00:00Z", { weekday: 5 }), "2026-03-06");
  assert.equal(fresh("2026-03-09T15:00:00Z", { weekday: 1 }), "2026-03-09");
  assert.equal(fresh("2026-03-09T11:00:00Z", { weekday: 1 }), "2026-03-02");
  assert.equal(fresh("2026-03-10T01:00:00Z", { weekday: 1, hand_over: "22:00" }), "2026-03-02");
  assert.equal(fresh("2026-03-10T03:00:00Z", { weekday: 1, hand_over: "22:00" }), "2026-03-09");
});
