/**
 * Dates on a chart's axis: the start of each bucket as the clock on the wall shows it in the chart's time zone, the
 * buckets between that have no rows, and their labels. Never groups anything itself: the server did. Read next: panels.ts.
 */
import type { Bucket } from "../api/types";

/** The most buckets that are filled in: hours of many years would be more bars than pixels. */
const FILLED_BUCKETS_MAX = 3_000;
const HOUR_MS = 3_600_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    clocks.set(zone, clock);
  }
  return clock;
}

/** What the wall's clock shows at an instant in a zone, as milliseconds that are to be read as UTC. */
export function wallClock(value: string, zone: string): number {
  const instant = Date.parse(value);
  if (Number.isNaN(instant)) return Number.NaN;
  // A date, or a time without an offset, is a wall's clock already.
  if (!/(?:Z|[+-]\d\d:?\d\d)$/.test(value))
    return Date.parse(`${value.slice(0, 10)}T${value.slice(11) || "00:00:00"}Z`);
  const part: Record<string, number> = {};
  for (const { type, value: text } of clockOf(zone).formatToParts(instant)) part[type] = Number(text);
  return Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
}

/** The start of the bucket after this one, on the wall's clock. */
export function nextBucket(start: number, bucket: Bucket): number {
  const date = new Date(start);
  switch (bucket) {
    case "hour":
      return start + HOUR_MS;
    case "day":
      return start + 24 * HOUR_MS;
    case "week":
      return start + 7 * 24 * HOUR_MS;
    case "month":
      return date.setUTCMonth(date.getUTCMonth() + 1);
    case "quarter":
      return date.setUTCMonth(date.getUTCMonth() + 3);
    case "year":
      return date.setUTCFullYear(date.getUTCFullYear() + 1);
  }
}

/** All bucket starts from the first to the last: a month without rows is a gap that must be seen. */
export function filledBuckets(starts: number[], bucket: Bucket): number[] {
  const present = [...new Set(starts)].sort((a, b) => a - b);
  const [first] = present;
  const last = present.at(-1);
  if (first === undefined || last === undefined) return [];
  const filled = new Set(present);
  let at = first;
  for (let count = 0; at <= last; count++) {
    if (count > FILLED_BUCKETS_MAX) return present;
    filled.add(at);
    at = nextBucket(at, bucket);
  }
  return [...filled].sort((a, b) => a - b);
}

/** A bucket's name, in the reader's language: "Mar 2026", "week of 2 Mar 2026", "Q1 2026". */
export function bucketLabel(start: number, bucket: Bucket | null, short = false): string {
  const date = new Date(start);
  const text = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(undefined, { timeZone: "UTC", ...options }).format(date);
  switch (bucket) {
    case "year":
      return text({ year: "numeric" });
    case "quarter":
      return `Q${Math.floor(date.getUTCMonth() / 3) + 1} ${date.getUTCFullYear()}`;
    case "month":
      return text({ month: "short", year: "numeric" });
    case "week": {
      const day = text({ day: "numeric", month: "short", year: "numeric" });
      return short ? day : `week of ${day}`;
    }
    case "day":
      return text({ day: "numeric", month: "short", year: "numeric" });
    default:
      return text({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  }
}
