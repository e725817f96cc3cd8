/** Where the points of a curve stand: hours run on a stretched scale, so that the first day has most of the room. */

export const BOX = { width: 320, height: 132, left: 12, right: 12, top: 18, bottom: 24 };

export interface Tick {
  hours: number;
  x: number;
}

const CANDIDATES = [1, 6, 24, 72, 168, 672, 2016];

/** At least three days wide, so that a first answer is not drawn as if it were all there is. */
export function widest(hours: readonly number[]): number {
  return Math.max(72, ...hours);
}

export function xOf(hours: number, most: number): number {
  const room = BOX.width - BOX.left - BOX.right;
  return BOX.left + (room * Math.log1p(Math.max(0, hours))) / Math.log1p(most);
}

/** 0 at the bottom. */
export function yOf(level: number, max: number): number {
  const room = BOX.height - BOX.top - BOX.bottom;
  return BOX.top + room * (1 - Math.min(max, Math.max(0, level)) / max);
}

export function ticks(most: number): Tick[] {
  return CANDIDATES.filter((hours) => hours <= most).map((hours) => ({ hours, x: xOf(hours, most) }));
}

/** The point that an arrow key leads to, from the one at `at`. */
export function stepTo(key: string, at: number, count: number): number {
  if (key === "ArrowRight") return Math.min(count - 1, at + 1);
  if (key === "ArrowLeft") return Math.max(0, at - 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : at;
}
