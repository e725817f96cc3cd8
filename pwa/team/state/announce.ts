import { createStore } from "../../shared/store.ts";

/** What screen readers are told: `now` interrupts, `soon` waits for a pause. */
export const spoken = createStore({ now: "", soon: "" });

export function announce(text: string, urgent = false): void {
  spoken.set({ ...spoken.get(), [urgent ? "now" : "soon"]: text });
}
