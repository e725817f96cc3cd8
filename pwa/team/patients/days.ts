import { dayIn } from "../time/zone.ts";
import type { TimelineItem } from "../types.ts";

export function isComing(item: TimelineItem, now: number): boolean {
  if (item.kind !== "check_in" || item["state"] === "cancelled") return false;
  return item["upcoming"] === true || (item["state"] === "planned" && Date.parse(item.at) > now);
}

/** Days of a zone, newest first, each with its items newest first. */
export function byDay(items: TimelineItem[], zone: string): { date: string; items: TimelineItem[] }[] {
  const days = new Map<string, TimelineItem[]>();
  for (const item of [...items].sort((a, b) => b.at.localeCompare(a.at))) {
    const date = dayIn(Date.parse(item.at), zone);
    days.set(date, [...(days.get(date) ?? []), item]);
  }
  return [...days].map(([date, list]) => ({ date, items: list }));
}
