import { currentLanguage } from "../../shared/i18n/language.ts";
import { t } from "../i18n/t.ts";
import { dayIn } from "./zone.ts";

/** Instants come as RFC 3339 text or milliseconds. Staff read a 24-hour clock in both languages. */
type Instant = string | number;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SOON = 6 * HOUR;

const toMs = (at: Instant): number => (typeof at === "number" ? at : Date.parse(at));

function format(at: Instant, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(currentLanguage() === "en" ? "en-GB" : "es", {
    timeZone: zone,
    hourCycle: "h23",
    ...options,
  }).format(toMs(at));
}

/** `14:32` */
export function clockTime(at: Instant, zone: string): string {
  return format(at, zone, { hour: "2-digit", minute: "2-digit" });
}

/** `14:32:07` */
export function clockSeconds(at: Instant, zone: string): string {
  return format(at, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** `Tuesday 12 November`, with the year when it is not this one. */
export function longDay(at: Instant, zone: string, now: number): string {
  return format(at, zone, { weekday: "long", day: "numeric", month: "long", ...yearOf(at, zone, now) });
}

function yearOf(at: Instant, zone: string, now: number): Intl.DateTimeFormatOptions {
  return dayIn(toMs(at), zone).slice(0, 4) === dayIn(now, zone).slice(0, 4) ? {} : { year: "numeric" };
}

/** Time since a session, short: `45 min`, `6 h`, `3 d`. */
export function hoursAfter(hours: number): string {
  if (hours < 1) return t("span_minutes_short", { n: Math.round(hours * 60) });
  return hours < 48 ? t("span_hours_short", { n: Math.round(hours) }) : t("span_days_short", { n: Math.round(hours / 24) });
}

/** `14:32` today and in the next hours, `Tue 12 Nov, 14:32` on any other day, `Tue, 12 Nov 2024, 14:32` of another year. */
export function dayAndTime(at: Instant, zone: string, now: number): string {
  const ahead = toMs(at) - now;
  const soon = ahead > 0 && ahead < SOON;
  if (soon || dayIn(toMs(at), zone) === dayIn(now, zone)) return clockTime(at, zone);
  const day = { weekday: "short", day: "numeric", month: "short" } as const;
  return format(at, zone, { ...day, ...yearOf(at, zone, now), hour: "2-digit", minute: "2-digit" });
}

/** `Mon` of an ISO weekday, 1 to 7. */
export function weekdayName(day: number, length: "short" | "long" = "short"): string {
  return format(`2026-06-0${day}T12:00:00Z`, "UTC", { weekday: length });
}

/** `12 Nov 2026` of a date without a time. */
export function plainDate(date: string): string {
  return format(`${date}T12:00:00Z`, "UTC", { day: "numeric", month: "short", year: "numeric" });
}

/** A length of time in at most two units: `2 min`, `1 h 10 min`, `3 days`. */
export function span(ms: number): string {
  const length = Math.max(0, ms);
  if (length < MINUTE) return t("span_moment");
  if (length < HOUR) return t("span_min", { n: Math.floor(length / MINUTE) });
  if (length < DAY) {
    const rest = Math.floor((length % HOUR) / MINUTE);
    const hours = t("span_h", { n: Math.floor(length / HOUR) });
    return rest ? `${hours} ${t("span_min", { n: rest })}` : hours;
  }
  return t("span_day", { count: Math.floor(length / DAY) });
}

/** What is left until a deadline: `4:12` under an hour, else as a length. */
export function countdown(ms: number): string {
  if (ms >= HOUR) return span(ms);
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
