/** Instants as people read them, in a zone that is always named by the caller. */

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${kind}/${zone}`;
  let found = formats.get(key);
  if (!found) {
    try {
      found = new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone });
    } catch {
      // A zone this browser does not know: better a time in UTC that says so than none.
      found = new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC", timeZoneName: "short" });
    }
    formats.set(key, found);
  }
  return found;
}

const day = { year: "numeric", month: "short", day: "numeric" } as const;
const minute = { ...day, hour: "numeric", minute: "2-digit" } as const;

function instant(value: string | number): Date | null {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** `value` is RFC 3339, or milliseconds. What is no instant comes back as it is. */
export function timeText(value: string | number, zone: string): string {
  const date = instant(value);
  return date ? format(zone, "second", { ...minute, second: "2-digit" }).format(date) : String(value);
}

export function minuteText(value: string | number, zone: string): string {
  const date = instant(value);
  return date ? format(zone, "minute", minute).format(date) : String(value);
}

export function dateText(value: string | number, zone: string): string {
  const date = instant(value);
  return date ? format(zone, "day", day).format(date) : String(value);
}

/** `2026-11-23 14:03:09` in `zone`: sorts as it reads, for copying. */
export function plainTime(value: string | number, zone: string): string {
  const date = instant(value);
  if (!date) return String(value);
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  return parts.format(date);
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "narrow" });

/** "3min ago"; further back than a week it is the date. */
export function agoText(value: string, now: number, zone: string): string {
  const date = instant(value);
  if (!date) return value;
  const seconds = Math.round((date.getTime() - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 45) return relative.format(0, "second");
  if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  if (size < 7 * 86_400) return relative.format(Math.round(seconds / 86_400), "day");
  return dateText(value, zone);
}
