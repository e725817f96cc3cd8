import { useLayoutEffect, useMemo, useState } from "preact/hooks";

/** A tap that was on its way when the list moved would hit another patient: for this long, taps are not taken. */
const SETTLE_MS = 600;

/** True for a moment after an alert that was on the screen has changed its place. */
export function useSettling(ids: string[]): boolean {
  const [moving, setMoving] = useState(false);
  const list = useMemo(() => settler(setMoving), []);
  useLayoutEffect(() => list.see(ids), [ids.join()]);
  useLayoutEffect(() => list.stop, []);
  return moving;
}

/** Tells when the list begins to move and when it has come to rest; what changes meanwhile without moving delays neither. */
export function settler(tell: (moving: boolean) => void) {
  let before: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    see(ids: string[]): void {
      const moved = hasMoved(before, ids);
      before = ids;
      if (!moved) return;
      tell(true);
      clearTimeout(timer);
      timer = setTimeout(() => tell(false), SETTLE_MS);
    },
    stop: (): void => clearTimeout(timer),
  };
}

/** Whether one that stays stands at another place than before. */
export function hasMoved(before: string[], after: string[]): boolean {
  return before.some((id, at) => after.includes(id) && after.indexOf(id) !== at);
}
