/**
 * Bars of a histogram as a range of values and back. A bar ends just before the next one begins.
 * Nothing here touches the page. Read next: SummaryHistogram.tsx.
 */
import type { Bin, Cell, Filter } from "../api/types";

/** Both ends as numbers; times are milliseconds. */
export interface Range {
  from: number;
  to: number;
}

export function place(cell: Cell | undefined): number {
  if (typeof cell === "number") return cell;
  if (typeof cell !== "string") return Number.NaN;
  return /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(cell) ? Number(cell) : Date.parse(cell);
}

/** The range that a column's filters let through, null when they are not of that kind. */
export function rangeOf(own: Filter[]): Range | null {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  for (const filter of own) {
    if (filter.op === "between") {
      from = place(filter.values?.[0]);
      to = place(filter.values?.[1]);
    } else if (filter.op === "gte" || filter.op === "gt") from = place(filter.value);
    else if (filter.op === "lte" || filter.op === "lt") to = place(filter.value);
    else return null;
  }
  const isRange = own.length > 0 && !Number.isNaN(from) && !Number.isNaN(to);
  return isRange ? { from, to } : null;
}

export function isInRange(bin: Bin, range: Range): boolean {
  const middle = (place(bin.from) + place(bin.to)) / 2;
  return middle >= range.from && middle <= range.to;
}

/** The filters that let through the bars from `first` to `last`. */
export function rangeFilters(column: string, bins: Bin[], first: number, last: number): Filter[] {
  const from = bins[Math.min(first, last)];
  const to = bins[Math.max(first, last)];
  if (!from || !to) return [];
  return [{ column, op: "between", values: [from.from, to.to] }];
}
