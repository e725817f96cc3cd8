import { dayIn, localIn } from "../time/zone.ts";
import type { Rota, RotaLayer } from "../types.ts";

const DAY_MS = 86_400_000;

/** A layer while it is edited: `staff_ids` begins with who is on duty now; the weekday of hand-over is 1 to 7. */
export interface LayerDraft extends RotaLayer {
  weekday: number;
}

const toMs = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const toDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const weekdayOf = (day: string): number => new Date(toMs(day)).getUTCDay() || 7;

/** The stored layers, each turned so that it begins with the turn that is under way. */
export function draftOf(rota: Rota): LayerDraft[] {
  return rota.layers.map((layer) => {
    const length = layer.weeks * 7 * DAY_MS;
    const local = Date.parse(`${localIn(Date.parse(rota.now), rota.time_zone)}:00Z`);
    const nth = Math.floor((local - Date.parse(`${layer.first_day}T${layer.hand_over}:00Z`)) / length);
    const size = layer.staff_ids.length;
    const first = ((nth % size) + size) % size;
    return {
      ...layer,
      staff_ids: [...layer.staff_ids.slice(first), ...layer.staff_ids.slice(0, first)],
      first_day: toDay(toMs(layer.first_day) + nth * length),
      weekday: weekdayOf(layer.first_day),
    };
  });
}

export function newLayer(rota: Rota): LayerDraft {
  const today = dayIn(Date.parse(rota.now), rota.time_zone);
  return { staff_ids: [], first_day: today, hand_over: "08:00", weeks: 1, hours: [], weekday: 1 };
}

/** What is sent: the first turn began at the last hand-over before now, unless the layer still has the same days. */
export function bodyOf(draft: LayerDraft, rota: Rota): RotaLayer {
  const { weekday, ...layer } = draft;
  const [today = "", clock = ""] = localIn(Date.parse(rota.now), rota.time_zone).split("T");
  if (weekdayOf(layer.first_day) === weekday && layer.first_day < today) return layer;
  const toCome = clock >= layer.hand_over ? 0 : 1;
  const back = ((weekdayOf(today) - weekday - toCome + 7) % 7) + toCome;
  return { ...layer, first_day: toDay(toMs(today) - back * DAY_MS) };
}
