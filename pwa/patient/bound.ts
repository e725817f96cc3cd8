/** Whether this phone was bound when last asked: a hint that saves a call, never proof. The cookie is the proof. */
import { recall, remember } from "../shared/memory.ts";

const key = "bound";

export function isBound(): boolean {
  return recall(key) === "1";
}

export function noteBound(bound: boolean): void {
  remember(key, bound ? "1" : null);
}
