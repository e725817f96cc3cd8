import { alerts, notClosed } from "./alerts.ts";
import { access } from "./access.ts";
import { createStore } from "../../shared/store.ts";
import { t } from "../i18n/t.ts";

export const pageTitle = createStore("");

/** Keeps the tab's title and the app badge at the number of alerts that nobody holds. */
export function followTitle(): () => void {
  const show = (): void => {
    const waiting = notClosed(alerts.get()).filter((alert) => alert.state === "open").length;
    const out = access.get().status === "out";
    const name = out ? t("title_signed_out") : pageTitle.get();
    document.title = `${waiting && !out ? `(${waiting}) ` : ""}${name ? `${name} · ` : ""}Afterglow`;
    void (waiting ? navigator.setAppBadge?.(waiting) : navigator.clearAppBadge?.())?.catch(() => undefined);
  };
  const stops = [alerts.subscribe(show), access.subscribe(show), pageTitle.subscribe(show)];
  show();
  return () => stops.forEach((stop) => stop());
}
