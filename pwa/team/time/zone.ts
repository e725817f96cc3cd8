/** Wall-clock times in a named zone, with the platform's own zone data. */

type Parts = Record<"year" | "month" | "day" | "hour" | "minute" | "second", string>;

const formats = new Map<string, Intl.DateTimeFormat>();

function partsFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

function parts(at: number, zone: string): Parts {
  return Object.fromEntries(
    partsFormat(zone)
      .formatToParts(at)
      .map((p) => [p.type, p.value]),
  ) as Parts;
}

/** Compares instants, the earlier first. As text, `00Z` and `00.5Z` do not sort as times. */
export function earlier(one: string, other: string): number {
  return Date.parse(one) - Date.parse(other);
}

/** `YYYY-MM-DD` of an instant in a zone. */
export function dayIn(at: number, zone: string): string {
  const p = parts(at, zone);
  return `${p.year}-${p.month}-${p.day}`;
}

/** `YYYY-MM-DDTHH:MM` of an instant in a zone, as a `datetime-local` field wants it. */
export function localIn(at: number, zone: string): string {
  const p = parts(at, zone);
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

function offsetAt(at: number, zone: string): number {
  const p = parts(at, zone);
  return Date.UTC(+p.year, +p.month - 1, +p.day, +p.hour, +p.minute, +p.second) - Math.floor(at / 1000) * 1000;
}

/**
 * The instant of a `YYYY-MM-DDTHH:MM` in a zone, or null when it is not a time.
 * A time that daylight saving skips is moved on by the gap; of one that occurs twice, the first is meant.
 */
export function instantOf(local: string, zone: string): number | null {
  const naive = Date.parse(`${local}Z`);
  if (Number.isNaN(naive)) return null;
  const early = naive - offsetAt(naive - 86_400_000, zone);
  const late = naive - offsetAt(naive + 86_400_000, zone);
  if (early + offsetAt(early, zone) === naive) return early;
  if (late + offsetAt(late, zone) === naive) return late;
  return early;
}

export function toInstant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function knownZones(): string[] {
  return Intl.supportedValuesOf("timeZone");
}
