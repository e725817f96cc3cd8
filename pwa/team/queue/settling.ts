import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** A tap that was on its way when the list moved would hit another patient: for this long, taps are not taken. */
const SETTLE_MS = 600;

/** True for a moment after an alert that was on the screen has changed its place. */
export function useSettling(ids: string[]): boolean {
  const before = useRef<string[]>([]);
  const [moving, setMoving] = useState(false);
  const order = ids.join();
  useLayoutEffect(() => {
    const moved = hasMoved(before.current, ids);
    before.current = ids;
    if (!moved) return;
    setMoving(true);
    const timer = setTimeout(() => setMoving(false), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [order]);
  return moving;
}

/** Whether one that stays stands at another place than before. */
export function hasMoved(before: string[], after: string[]): boolean {
  return before.some((id, at) => after.includes(id) && after.indexOf(id) !== at);
}
