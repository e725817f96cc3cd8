import { createStore } from "../../shared/store.ts";
import type { Alert } from "../types.ts";

/** Every alert that is not closed, by id, and those closed while the page was open. */
export const alerts = createStore<ReadonlyMap<string, Alert>>(new Map());

export function putAlert(alert: Alert): void {
  const known = alerts.get();
  const had = known.get(alert.id);
  if (!had || had.version <= alert.version) alerts.set(new Map(known).set(alert.id, alert));
}

/** After a reconnect: what the server no longer lists was closed meanwhile. */
export function keepOnly(ids: ReadonlySet<string>): void {
  const kept = [...alerts.get()].filter(([id, alert]) => ids.has(id) || alert.state === "closed");
  alerts.set(new Map(kept));
}

export function forgetAlerts(): void {
  alerts.set(new Map());
}

export function notClosed(known: ReadonlyMap<string, Alert>): Alert[] {
  return [...known.values()].filter((alert) => alert.state !== "closed");
}
