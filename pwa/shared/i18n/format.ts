/**
 * Times in words, on the 24 hour clock as in what the clinic writes. Instants come as RFC 3339 text or milliseconds;
 * without a zone the device's own is used.
 */
import { currentLanguage } from "./language.ts";

export type Instant = string | number;

export function formatTime(at: Instant, timeZone?: string): string {
  return format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, timeZone);
}

/** With the year when it is not that of `now`. */
export function formatDay(at: Instant, now: Instant, timeZone?: string): string {
  const year = (instant: Instant) => format(instant, { year: "numeric" }, timeZone);
  const other = year(at) === year(now) ? {} : ({ year: "numeric" } as const);
  return format(at, { weekday: "long", day: "numeric", month: "long", ...other }, timeZone);
}

/** Days between the calendar days of two instants: 0 today, 1 tomorrow, -1 yesterday. */
export function dayDistance(at: Instant, now: Instant, timeZone?: string): number {
  return Math.round((midnight(at, timeZone) - midnight(now, timeZone)) / 86_400_000);
}

function midnight(at: Instant, timeZone: string | undefined): number {
  const text = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", ...zone(timeZone) }).format(new Date(at));
  return Date.parse(`${text}T00:00:00Z`);
}

function format(at: Instant, options: Intl.DateTimeFormatOptions, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat(currentLanguage(), { ...options, ...zone(timeZone) }).format(new Date(at));
}

function zone(timeZone: string | undefined): Intl.DateTimeFormatOptions {
  return timeZone ? { timeZone } : {};
}
