import { currentLanguage } from "../shared/i18n/language.ts";
import { CLINIC_ZONE } from "./people.ts";

/** `Tue 12 Nov, 14:32:07` on the clinic's clock. */
export function moment(at: string): string {
  return new Intl.DateTimeFormat(currentLanguage() === "en" ? "en-GB" : "es", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: CLINIC_ZONE,
  }).format(new Date(at));
}
