import { notices } from "../queue/act.ts";
import type { Alert } from "../types.ts";
import { useStore } from "../../shared/store.ts";

export function Notice({ text, kind = "bad" }: { text: string; kind?: "bad" | "good" | "warn" }) {
  return text ? (
    <p class={`notice notice-${kind}`} role={kind === "good" ? "status" : "alert"}>
      {text}
    </p>
  ) : null;
}

/** The last thing to tell about an alert, as long as it is as it was then. */
export function useNotice(alert: Alert): string {
  const told = useStore(notices).get(alert.id);
  return told?.version === alert.version ? told.text : "";
}
