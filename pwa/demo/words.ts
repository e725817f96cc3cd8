import { currentLanguage } from "../shared/i18n/language.ts";

/** `Tue 12 Nov, 14:32:07` on this machine's wall. */
export function moment(at: string): string {
  return new Intl.DateTimeFormat(currentLanguage() === "en" ? "en-GB" : "es", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(new Date(at));
}
