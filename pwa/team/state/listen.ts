import { t } from "../i18n/t.ts";
import { pagesAtNight } from "../queue/facts.ts";
import { whatHappened } from "../queue/head.tsx";
import { codeWord } from "../i18n/t.ts";
import type { Alert } from "../types.ts";
import { askWhoIAm } from "./access.ts";
import { alerts, notClosed } from "./alerts.ts";
import { announce } from "./announce.ts";
import { chime } from "./sound.ts";
import { closeStream, forgetStream, openStream } from "./stream.ts";

const REMIND_MS = 30_000;

let person = "";
let reminder: ReturnType<typeof setInterval> | undefined;

/** Follows the alerts for this colleague; what another one had on the screen is forgotten first. */
export function listen(id: string): void {
  if (person !== id) forgetStream();
  person = id;
  openStream({ stillSignedIn: askWhoIAm, onNews: tell });
  clearInterval(reminder);
  reminder = setInterval(remind, REMIND_MS);
}

export function stopListening(): void {
  clearInterval(reminder);
  closeStream();
}

function tell(alert: Alert): void {
  const urgent = pagesAtNight(alert.tier);
  const text = t("new_alert", {
    tier: codeWord("tier", alert.tier),
    name: alert.patient_name,
    what: whatHappened(alert),
  });
  announce(text, urgent);
  chime(urgent ? 3 : 1);
}

function remind(): void {
  if (notClosed(alerts.get()).some((alert) => alert.state === "open" && pagesAtNight(alert.tier))) chime(2);
}
