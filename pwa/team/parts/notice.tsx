import { notices } from "../queue/act.ts";
import { useStore } from "../../shared/store.ts";

export function Notice({ text, kind = "bad" }: { text: string; kind?: "bad" | "good" | "warn" }) {
  return text ? (
    <p class={`notice notice-${kind}`} role={kind === "good" ? "status" : "alert"}>
      {text}
    </p>
  ) : null;
}

/** The last thing to tell about an alert. */
export function useNotice(alertId: string): string {
  return useStore(notices).get(alertId) ?? "";
}
