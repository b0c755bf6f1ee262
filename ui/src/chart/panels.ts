/**
 * Lays out a chart's answer as panels: one for each value of `split` and each currency, so that an axis never carries two
 * currencies, all over the same x values. Never adds values up. Read next: option.ts (draws), data.ts (the same as a table).
 */
import type { Bucket, Cell, ChartResult, ChartSeries, ChartSettings } from "../api/types";
import { filledBuckets, wallClock } from "./buckets";

/** More small multiples than this are no longer read; the data still has all. */
export const PANELS_MAX = 24;
const DAY_MS = 86_400_000;

/** One x value: how points are matched to it, and how it sorts. */
export interface XValue {
  key: string;
  /** The wall's clock for dates, the number for numbers, else null. */
  number: number | null;
  cell: Cell;
  /** Of a histogram: how wide the bin is that begins here. */
  width: number | null;
}

export interface PanelSeries {
  /** What the legend calls it: the value of `color`, or the measure. */
  label: string;
  colorIndex: number;
  currency: string | null;
  /** One for each x value of the panel; null where there is none. */
  values: (number | null)[];
  points: [Cell, Cell][];
}

export interface Panel {
  title: string;
  split: string | null;
  currency: string | null;
  xs: XValue[];
  series: PanelSeries[];
}

export interface Layout {
  bucket: Bucket | null;
  panels: Panel[];
  /** Legend entries in order. */
  labels: string[];
  left_out: number;
}

export function toNumber(cell: Cell): number | null {
  if (typeof cell === "number") return cell;
  if (typeof cell === "string" && cell.trim() !== "" && Number.isFinite(Number(cell))) return Number(cell);
  return null;
}

export function xKey(
  cell: Cell,
  result: ChartResult,
  bucket: Bucket | null,
): { key: string; number: number | null } {
  if (result.x_type === "time" && typeof cell === "string") {
    const clock = wallClock(cell, result.settings.time_zone || "UTC");
    // Two hours of the night when clocks go back show the same on the wall: the instant keeps them apart.
    if (bucket === "hour") return { key: String(Date.parse(cell)), number: clock };
    // Where clocks skip midnight a day begins at one: it is that day all the same.
    const at = bucket ? Math.floor(clock / DAY_MS) * DAY_MS : clock;
    return { key: String(at), number: at };
  }
  return { key: cell === null ? "\u0000null" : String(cell), number: toNumber(cell) };
}

export function cellLabel(cell: Cell): string {
  if (cell === null) return "(empty)";
  if (cell === "") return "(blank)";
  return String(cell);
}

/** What is measured has no rows in an empty bucket: a count or sum of nothing is 0, a mean of nothing is nothing. */
function emptyValue(settings: ChartSettings): number | null {
  return ["count", "distinct", "sum"].includes(settings.y.aggregate) ? 0 : null;
}

function collectXs(result: ChartResult, among: ChartSeries[], bucket: Bucket | null): XValue[] {
  const found = new Map<string, XValue>();
  for (const series of among) {
    const width = series.bin_width;
    for (const [cell] of series.points) {
      const { key, number } = xKey(cell, result, bucket);
      if (!found.has(key)) found.set(key, { key, number, cell, width });
    }
  }
  const xs = [...found.values()];
  if (result.x_type === "category") {
    const last = xs.findIndex((x) => x.cell === "Other");
    return last < 0 ? xs : [...xs.filter((_, index) => index !== last), xs[last] as XValue];
  }
  xs.sort((a, b) => (a.number ?? Number.POSITIVE_INFINITY) - (b.number ?? Number.POSITIVE_INFINITY));
  const gaps = result.x_type === "time" && bucket !== null && bucket !== "hour";
  return gaps ? withGaps(xs, bucket) : xs;
}

function withGaps(xs: XValue[], bucket: Bucket): XValue[] {
  const dated = new Map(xs.map((x) => [x.number, x]));
  const starts = xs.flatMap((x) => (x.number === null ? [] : [x.number]));
  const filled = filledBuckets(starts, bucket).map((start): XValue => {
    const cell = new Date(start).toISOString().slice(0, 10);
    return dated.get(start) ?? { key: String(start), number: start, cell, width: null };
  });
  return [...filled, ...xs.filter((x) => x.number === null)];
}

export function panelsOf(result: ChartResult, measure: string, hidden: ReadonlySet<string>): Layout {
  const { settings } = result;
  const bucket = result.x_type === "time" ? (settings.x?.bucket ?? null) : null;
  const labelOf = (series: ChartSeries) => series.color ?? (settings.color ? "(empty)" : measure);
  const labels = [...new Set(result.series.map(labelOf))];
  const groups = new Map<string, ChartSeries[]>();
  for (const series of result.series) {
    const key = JSON.stringify([series.split, series.currency]);
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  // Bins of yen are not those of dollars, instants seldom meet; months are the same everywhere.
  const own = settings.kind === "histogram" || (result.x_type === "time" && bucket === null);
  const shared = own || settings.kind === "scatter" ? [] : collectXs(result, result.series, bucket);
  const panels = [...groups.values()].slice(0, PANELS_MAX).map((group): Panel => {
    const [first] = group as [ChartSeries];
    const xs = own ? collectXs(result, group, bucket) : shared;
    const indexOf = new Map(xs.map((x, index) => [x.key, index]));
    const series = group
      .filter((one) => !hidden.has(labelOf(one)))
      .map((one): PanelSeries => {
        const values = new Array<number | null>(xs.length).fill(bucket ? emptyValue(settings) : null);
        if (settings.kind !== "scatter") {
          for (const [x, y] of one.points) {
            const at = indexOf.get(xKey(x, result, bucket).key);
            if (at !== undefined) values[at] = toNumber(y);
          }
        }
        const label = labelOf(one);
        return {
          label,
          colorIndex: labels.indexOf(label),
          currency: one.currency,
          values,
          points: one.points,
        };
      });
    return { title: panelTitle(result, first), split: first.split, currency: first.currency, xs, series };
  });
  return { bucket, panels, labels, left_out: Math.max(0, groups.size - PANELS_MAX) };
}

function panelTitle(result: ChartResult, series: ChartSeries): string {
  const parts: string[] = [];
  if (result.settings.split) parts.push(series.split ?? "(empty)");
  if (series.currency) parts.push(series.currency.toUpperCase());
  return parts.join(" · ");
}
