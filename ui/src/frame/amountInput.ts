/**
 * What a person types into a filter, as the server compares it: numbers in the reader's own notation, amounts in major units,
 * days in a time zone. Exact: digits are moved, never multiplied. Nothing here touches the page. Read next: ColumnFilter.tsx.
 */

const parts = new Intl.NumberFormat().formatToParts(12345.6);
const separator = (type: string) => parts.find((part) => part.type === type)?.value;
const readerGroup = separator("group") ?? ",";
const readerPoint = separator("decimal") ?? ".";

/** `1,234.50` is `1234.50` where people write so; null is no number. */
export function plainNumber(text: string, group = readerGroup, point = readerPoint): string | null {
  const digits = text
    .replaceAll(/[\s\u00a0\u202f_]/g, "")
    .replaceAll(group, "")
    .replace(point, ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(digits) ? digits.replace(/^\+/, "") : null;
}

/** A number as a cell: a string where a JSON number would lose digits. */
export function numberCell(plain: string): number | string {
  const value = Number(plain);
  const isExact =
    Number.isSafeInteger(value) || (plain.replace(/^-?0*\.?/, "").length <= 16 && !Number.isInteger(value));
  return isExact ? value : plain;
}

/** Major units as typed in the smallest unit: `12.5` with 2 digits is 1250. Null when there are more digits than the currency has. */
export function smallestUnits(text: string, digits: number): number | string | null {
  const plain = plainNumber(text);
  if (plain === null) return null;
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d*)\.?(\d*)$/.exec(plain) ?? [];
  const used = fraction.replace(/0+$/, "");
  if (used.length > digits) return null;
  const all = `${whole}${used.padEnd(digits, "0")}`.replace(/^0+(?=\d)/, "");
  return numberCell(`${sign}${all}`);
}

function zoneOffset(instant: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const part = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const local = Date.UTC(
    part.year ?? 0,
    (part.month ?? 1) - 1,
    part.day ?? 1,
    part.hour ?? 0,
    part.minute ?? 0,
    part.second ?? 0,
  );
  return local - Math.floor(instant / 1000) * 1000;
}

/** The instant at which a day (`2026-03-29`) plus some days begins in a zone, as RFC 3339. Null when it is no day. */
export function dayStart(day: string, zone: string, plusDays = 0): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (!year || !month || !date) return null;
  const local = Date.UTC(Number(year), Number(month) - 1, Number(date) + plusDays);
  if (Number.isNaN(local)) return null;
  // The offset of the day before holds until a clock is turned, so it finds the first instant where midnight does not exist.
  const before = local - zoneOffset(local - 86_400_000, zone);
  const after = local - zoneOffset(local + 86_400_000, zone);
  const exact = [after, before].filter((instant) => instant + zoneOffset(instant, zone) === local);
  return new Date(exact.length > 0 ? Math.min(...exact) : before).toISOString().replace(".000Z", "Z");
}

/** The day in a zone that an instant falls on, as a date field wants it. */
export function dayOf(instant: string, zone: string): string {
  const time = Date.parse(instant);
  return Number.isNaN(time) ? "" : new Date(time + zoneOffset(time, zone)).toISOString().slice(0, 10);
}
