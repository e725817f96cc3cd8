import { dayIn, earlier } from "../time/zone.ts";
import type { TimelineItem } from "../types.ts";

/** Has its place ahead, also when it is cancelled. */
export function isComing(item: TimelineItem, now: number): boolean {
  return item.kind === "check_in" && (item["upcoming"] === true || Date.parse(item.at) > now);
}

/** Coming and to be asked: not cancelled. */
export function willBeAsked(item: TimelineItem): boolean {
  return item["state"] === "planned" || item["state"] === "open";
}

/** Days of a zone, newest first, each with its items newest first. */
export function byDay(items: TimelineItem[], zone: string): { date: string; items: TimelineItem[] }[] {
  const days = new Map<string, TimelineItem[]>();
  for (const item of [...items].reverse().sort((a, b) => earlier(b.at, a.at))) {
    const date = dayIn(Date.parse(item.at), zone);
    days.set(date, [...(days.get(date) ?? []), item]);
  }
  return [...days].map(([date, list]) => ({ date, items: list }));
}
