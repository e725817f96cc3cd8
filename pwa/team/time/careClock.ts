import { createStore } from "../../shared/store.ts";

/**
 * Care time as the server tells it. It can differ from this machine's clock (a wrong clock, or a demo that turned it),
 * so every age and countdown on the page is worked out from the server's last `now`.
 */
let offset = 0;

export const careSecond = createStore(0);

const tick = (): void => careSecond.set(Math.floor(careNow() / 1000));

export function careNow(): number {
  return Date.now() + offset;
}

export function setCareNow(now: string): void {
  const at = Date.parse(now);
  if (Number.isNaN(at)) return;
  offset = at - Date.now();
  tick();
}

export function startCareClock(): () => void {
  tick();
  const timer = setInterval(tick, 1000);
  return () => clearInterval(timer);
}
